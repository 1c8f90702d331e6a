using QuantGen.Specs;
using static QuantGen.Tests.Specs.SpecBuilderTests;

namespace QuantGen.Tests.Specs;

public sealed class MatrixSpecTests
{
    private static readonly MatrixSpec s_plain = new("m", 12, 10, 4, 3, 0, Mapping.Symmetric, default);

    [Theory]
    [InlineData(768, 1, 96)]
    [InlineData(768, 2, 192)]
    [InlineData(768, 3, 288)]
    [InlineData(10, 3, 4)]
    [InlineData(1, 1, 1)]
    [InlineData(9, 1, 2)]
    [InlineData(32768, 8, 32768)]
    public void Rows_start_on_bytes(int columns, int bits, int bytes) => Assert.Equal(bytes, MatrixSpec.RowBytes(columns, bits));

    [Fact]
    public void One_width_is_one_segment()
    {
        Assert.Equal([new RowSegment(4, 0, 12)], s_plain.Segments());
        Assert.Equal([0, 1, 2], s_plain.StoredGroups());
        Assert.Equal(Enumerable.Range(0, 12), s_plain.StoredRows());
        Assert.Equal(60, s_plain.CodeBytes());
        Assert.Equal((3, 4, 1), (s_plain.ScaleCount, s_plain.RowsPerGroup, s_plain.GroupsAlongInput));
    }

    [Fact]
    public void Mixed_widths_are_stored_by_ascending_bits_in_the_order_of_groups()
    {
        MatrixSpec mixed = s_plain with { Bits = 8, GroupCount = 6, GroupBits = Bits(4, 2, 8, 2, 4, 1) };
        Assert.True(mixed.IsMixed);
        Assert.Equal([new RowSegment(1, 0, 2), new RowSegment(2, 2, 4), new RowSegment(4, 6, 4), new RowSegment(8, 10, 2)], mixed.Segments());
        Assert.Equal([5, 1, 3, 0, 4, 2], mixed.StoredGroups());
        Assert.Equal([10, 11, 2, 3, 6, 7, 0, 1, 8, 9, 4, 5], mixed.StoredRows());
        Assert.Equal((2 * 2) + (4 * 3) + (4 * 5) + (2 * 10), mixed.CodeBytes());
    }

    [Fact]
    public void Pairs_have_the_rows_and_scales_of_both_halves()
    {
        MatrixSpec pair = s_plain with { Bits = 1, Storage = Storage.BinaryPair };
        Assert.Equal([new RowSegment(1, 0, 24)], pair.Segments());
        Assert.Equal(Enumerable.Range(0, 24), pair.StoredRows());
        Assert.Equal((48, 6, 24), (pair.CodeBytes(), pair.ScaleCount, pair.StoredRowCount));
        Assert.Equal((true, true, false), (pair.HasIntegerProduct, pair.IsQuantized, pair.IsUniform));
    }

    [Fact]
    public void Groups_along_inputs_may_end_short()
    {
        MatrixSpec grouped = s_plain with { Columns = 100, GroupCount = 1, GroupSize = 32 };
        Assert.Equal((4, 48), (grouped.GroupsAlongInput, grouped.ScaleCount));
        Assert.Equal(1, (grouped with { GroupSize = 128 }).GroupsAlongInput);
    }

    [Fact]
    public void Full_precision_has_no_codes()
    {
        MatrixSpec full = s_plain with { Bits = 32, Storage = Storage.FullPrecision, GroupCount = 1, Mapping = Mapping.Asymmetric };
        Assert.False(full.IsQuantized);
        Assert.False(full.HasZeroPoints);
        Assert.Equal(0, full.CodeBytes());
        Assert.True((full with { Bits = 2, Storage = Storage.Uniform }).HasZeroPoints);
    }
}
