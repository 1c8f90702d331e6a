using QuantGen.Linear;

namespace QuantGen.Tests.Linear;

public sealed class PairClipperTests
{
    private const int Steps = 16;

    private static readonly KernelOrder s_order = new(8, 8, 4, 2) { ClipsPairs = true };

    [Fact]
    public void What_fits_is_left_as_it_is()
    {
        byte[] panel = Panel((64, 64), (-64, -64), (127, -128), (1, 127), (-128, 0));
        byte[] before = [.. panel];
        int[] excess = Clip(panel);
        Assert.Equal(0, excess[0]);
        Assert.Equal(before, panel);
    }

    [Theory]
    [InlineData(127, 127)]
    [InlineData(-128, -128)]
    [InlineData(2, 127)]
    [InlineData(-127, -2)]
    [InlineData(65, 64)]
    public void What_does_not_fit_becomes_an_entry(int first, int second)
    {
        byte[] panel = Panel((5, 6), (first, second));
        int[] excess = Clip(panel);

        Assert.Equal(1, excess[0]);
        (int input, int output, int missing) = (excess[1] & 0xFFFF, (excess[1] >> 16) & 0xFF, excess[1] >> 24);
        int[] kept = [(sbyte)panel[2], (sbyte)panel[3]];
        Assert.Equal(0, output);
        Assert.InRange(input, 2, 3);
        Assert.Equal(128, Math.Abs(kept.Sum()));
        Assert.Equal([first, second], [kept[0] + (input == 2 ? missing : 0), kept[1] + (input == 3 ? missing : 0)]);
    }

    [Fact]
    public void Entries_name_input_and_output()
    {
        byte[] panel = new byte[Steps * 64];

        // The second pair of output 11 (the fourth of the second vector) in the sixth step, whose inputs are 20 to 23.
        int at = (5 * 64) + 32 + (3 * 4) + 2;
        (panel[at], panel[at + 1]) = (100, 101);
        Assert.Equal([1, 23 | (11 << 16) | ((101 - 28) << 24)], Clip(panel)[..2]);
    }

    [Fact]
    public void Too_many_leave_a_panel_as_it_is()
    {
        byte[] panel = [.. Enumerable.Repeat((byte)0x80, Steps * 64)];
        int[] excess = Clip(panel);
        Assert.Equal(PairClipper.Whole, excess[0]);
        Assert.All(panel, code => Assert.Equal(0x80, code));
    }

    [Fact]
    public void Padding_counts_for_nothing()
    {
        byte[] panel = [.. Enumerable.Repeat((byte)0x80, Steps * 64)];
        int[] excess = Clip(panel, rows: 2, columns: 7);

        // Three pairs of each of two outputs, and one weight that stands alone.
        Assert.Equal(6, excess[0]);
        Assert.Equal(8, panel.Count(code => code != 0));
    }

    // The first output's first pairs; all other weights are 0.
    private static byte[] Panel(params (int First, int Second)[] pairs)
    {
        byte[] panel = new byte[Steps * 64];
        for (int i = 0; i < pairs.Length; i++)
        {
            int at = (i / 2 * 64) + (i % 2 * 2);
            (panel[at], panel[at + 1]) = ((byte)(sbyte)pairs[i].First, (byte)(sbyte)pairs[i].Second);
        }

        return panel;
    }

    private static int[] Clip(byte[] panel, int rows = 16, int columns = 4 * Steps)
    {
        int[] excess = new int[Steps];
        PairClipper.Clip(s_order, panel, rows, columns, excess);
        return excess;
    }
}
