using QuantGen.Linear;

namespace QuantGen.Tests.Linear;

public sealed class PairClipperTests
{
    private const int Steps = 16;

    private static readonly KernelOrder s_pairs = new(8, 8, 4, 2) { ClipsPairs = true };

    private static readonly KernelOrder s_quads = new(8, 8, 4, 2) { ClipsPairs = true, ClipsQuads = true };

    [Fact]
    public void What_fits_is_left_as_it_is()
    {
        byte[] panel = Panel((64, 64), (-64, -64), (127, -128), (1, 127), (-128, 0));
        byte[] before = [.. panel];
        int[] excess = Clip(s_pairs, panel);
        Assert.Equal([0, 1], excess[..2]);
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
        int[] excess = Clip(s_pairs, panel);

        Assert.Equal([1, 1], excess[..2]);
        Assert.Equal(0, excess[3]);
        int[] kept = [(sbyte)panel[2], (sbyte)panel[3]];
        sbyte[] missing = Missing(excess[2]);
        Assert.Equal(128, Math.Abs(kept.Sum()));
        Assert.Equal([0, 0, first, second], [missing[0], missing[1], kept[0] + missing[2], kept[1] + missing[3]]);
    }

    [Fact]
    public void Two_pairs_of_a_lane_add_up_over_two_steps()
    {
        // Inputs 0 and 1 meet 4 and 5; inputs 2 and 3 meet 6 and 7.
        byte[] panel = Panel((64, 1), (-70, 0), (40, 30), (-20, -50));
        int[] excess = Clip(s_quads, panel);

        Assert.Equal([1, 2], excess[..2]);
        Assert.Equal([7, 0, -12, 0], Missing(excess[2]).Select(each => (int)each));
        Assert.Equal(0, excess[3]);
        Assert.Equal([128, -128], Lanes(panel));
    }

    [Fact]
    public void Lanes_of_one_pair_take_over_where_two_want_too_many_entries()
    {
        byte[] panel = [.. Enumerable.Repeat((byte)60, Steps * 64)];
        Assert.Equal([0, 1], Clip(s_quads, panel)[..2]);
        Assert.Equal(PairClipper.Whole, Clip(s_quads with { ClipsPairs = false }, panel)[0]);
        Assert.All(panel, code => Assert.Equal(60, code));
    }

    [Fact]
    public void What_would_not_fit_itself_takes_two_entries()
    {
        byte[] panel = Panel((127, 127), (0, 0), (127, 127));
        int[] excess = Clip(s_quads, panel);

        // 508 is 380 too much: three weights go whole, two of them neighbours.
        Assert.Equal([3, 2], excess[..2]);
        Assert.Equal(380, Enumerable.Range(0, 3).Sum(i => Missing(excess[2 + (2 * i)]).Sum(each => each)));
        Assert.All(Enumerable.Range(0, 3), i => Assert.InRange(Missing(excess[2 + (2 * i)]).Sum(each => each), 0, 128));
    }

    [Fact]
    public void Entries_name_input_and_output()
    {
        byte[] panel = new byte[Steps * 64];

        // The second pair of output 11 (the fourth of the second vector) in the sixth step, whose inputs are 20 to 23.
        int at = (5 * 64) + 32 + (3 * 4) + 2;
        (panel[at], panel[at + 1]) = (100, 101);
        Assert.Equal([1, 1, (101 - 28) << 24, 5 | (11 << 16)], Clip(s_pairs, panel)[..4]);
    }

    [Fact]
    public void Too_many_leave_a_panel_as_it_is()
    {
        byte[] panel = [.. Enumerable.Repeat((byte)0x80, Steps * 64)];
        int[] excess = Clip(s_quads, panel);
        Assert.Equal(PairClipper.Whole, excess[0]);
        Assert.All(panel, code => Assert.Equal(0x80, code));
    }

    [Fact]
    public void Padding_counts_for_nothing()
    {
        byte[] panel = [.. Enumerable.Repeat((byte)0x80, Steps * 64)];
        int[] excess = Clip(s_pairs, panel, rows: 2, columns: 7);

        // Two fours of inputs of each of two outputs; three pairs of them do not fit, and one weight stands alone.
        Assert.Equal(4, excess[0]);
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

    // What both lanes of the first output's first eight inputs add up to.
    private static int[] Lanes(byte[] panel) =>
        [.. new[] { 0, 2 }.Select(lane => new[] { 0, 1, 64, 65 }.Sum(at => (sbyte)panel[lane + at]))];

    private static sbyte[] Missing(int word) => [.. BitConverter.GetBytes(word).Select(each => (sbyte)each)];

    private static int[] Clip(KernelOrder order, byte[] panel, int rows = 16, int columns = 4 * Steps)
    {
        int[] excess = new int[2 + (2 * Steps)];
        PairClipper.Clip(order, panel, rows, columns, excess);
        return excess;
    }
}
