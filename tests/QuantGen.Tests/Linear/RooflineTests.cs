using QuantGen.Linear;

namespace QuantGen.Tests.Linear;

public sealed class RooflineTests
{
    public static TheoryData<MultiplyUnit> Units => [.. Enum.GetValues<MultiplyUnit>()];

    [Theory]
    [MemberData(nameof(Units))]
    public void A_unit_is_measured_where_the_machine_has_it(MultiplyUnit unit)
    {
        if (Roofline.IsSupported(unit))
        {
            Assert.InRange(Roofline.Measure(unit, bits: 1), 1e6, 1e14);
        }
        else
        {
            Assert.Throws<PlatformNotSupportedException>(() => Roofline.Measure(unit, bits: 1));
        }
    }

    [Fact]
    public void What_kernels_of_floats_multiply_with_is_there() => Assert.True(Roofline.IsSupported(MultiplyUnits.Floats));

    [Theory]
    [InlineData(MultiplyUnit.LookUp512, 1, 192)]
    [InlineData(MultiplyUnit.LookUp512, 2, 96)]
    [InlineData(MultiplyUnit.LookUp256, 1, 64)]
    [InlineData(MultiplyUnit.Pairs512, 2, 64)]
    [InlineData(MultiplyUnit.Pairs512, 4, 64)]
    [InlineData(MultiplyUnit.Quads256, 8, 32)]
    [InlineData(MultiplyUnit.Differences512, 1, 384)]
    [InlineData(MultiplyUnit.Differences256, 1, 128)]
    [InlineData(MultiplyUnit.Fused512, 32, 16)]
    public void Only_look_ups_do_less_for_more_bits(MultiplyUnit unit, int bits, int multiplyAdds) =>
        Assert.Equal(multiplyAdds, MultiplyUnits.MultiplyAdds(unit, bits));
}
