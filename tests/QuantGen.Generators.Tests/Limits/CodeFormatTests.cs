using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using QuantGen.Generators.Emission.Kernels;
using QuantGen.Linear;

namespace QuantGen.Generators.Tests.Limits;

/// <summary>The numbers behind the unpacking instructions and behind 16-bit sums, against their definitions.</summary>
public sealed class CodeFormatTests
{
    private const int MostOfAnActivation = 255;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void Affine_transforms_unpack_every_byte(int bits)
    {
        var format = new CodeFormat(bits);
        foreach (KernelRow isa in KernelRegistry.For(bits, isGrouped: true).Where(i => i.Gfni is not null))
        {
            for (int step = 0; step < format.StepsPerPack; step++)
            {
                (char Plane, ulong Matrix, byte Constant)[] transforms = Transforms(format.Unpack(isa, step));
                Assert.Equal(int.PopCount(bits), transforms.Length);
                for (int p = 0; p < 256; p++)
                {
                    // Parts of a code stand in several planes; bytes that differ everywhere tell them apart.
                    int q = (p * 37) & 255;
                    int r = (p * 91) & 255;
                    int found = transforms.Aggregate(0, (all, t) => all | Apply(t.Matrix, t.Constant, t.Plane == 'p' ? p : t.Plane == 'q' ? q : r));
                    Assert.Equal(Centered(bits, step, p, q, r), (sbyte)found);
                }
            }
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(4, 8)]
    [InlineData(5, 16)]
    [InlineData(6, 32)]
    [InlineData(7, 64)]
    public void Pair_sums_are_as_deep_as_16_bits_allow(int bits, int magnitude)
    {
        var format = new CodeFormat(bits);
        int pairs = format.PairDepth / 4;
        Assert.Equal(magnitude, format.LargestMagnitude);
        Assert.InRange(pairs * 2 * MostOfAnActivation * magnitude, 1, short.MaxValue);
        Assert.True(pairs * 2 * 2 * MostOfAnActivation * magnitude > short.MaxValue);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Single_products_are_as_deep_as_16_bits_allow(int bits)
    {
        var format = new CodeFormat(bits);
        Assert.InRange(format.SingleDepth * MostOfAnActivation * format.LargestMagnitude, 1, short.MaxValue);
        Assert.True(format.SingleDepth * 2 * MostOfAnActivation * format.LargestMagnitude > short.MaxValue);
    }

    [Fact]
    public void Eight_bits_never_reach_the_saturating_instruction() =>
        Assert.DoesNotContain(KernelRegistry.For(8, isGrouped: false), isa => isa.Kind == ProductKind.PairsTo16);

    private static (char Plane, ulong Matrix, byte Constant)[] Transforms(string expression) =>
        Regex.Matches(expression, @"GaloisFieldAffineTransform\((\w), \w+\.Create\(0x([0-9A-F]{16})UL\)\.AsByte\(\), 0x([0-9A-F]{2})\)")
            .Select(m => (
                m.Groups[1].Value[0], ulong.Parse(m.Groups[2].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                byte.Parse(m.Groups[3].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)))
            .ToArray();

    // GF2P8AFFINEQB: bit i of the result is the parity of the input and byte 7 - i of the matrix, plus bit i of the constant.
    private static int Apply(ulong matrix, byte constant, int input)
    {
        int result = 0;
        for (int i = 0; i < 8; i++)
        {
            int row = (int)(matrix >> (8 * (7 - i))) & 255;
            result |= ((BitOperations.PopCount((uint)(row & input)) + (constant >> i)) & 1) << i;
        }

        return result;
    }

    private static int Centered(int bits, int step, int p, int q, int r) => bits switch
    {
        1 => (((p >> step) & 1) * 2) - 1,
        3 => ((p >> (step % 4 * 2)) & 3) + (((q >> step) & 1) * 4) - 4,
        5 => ((p >> (step % 2 * 4)) & 15) + (((q >> step) & 1) * 16) - 16,
        6 => ((p >> (step % 2 * 4)) & 15) + (((q >> (step * 2)) & 3) * 16) - 32,
        7 => ((p >> (step % 2 * 4)) & 15) + (((q >> (step % 4 * 2)) & 3) * 16) + (((r >> step) & 1) * 64) - 64,
        _ => ((p >> (step * bits)) & ((1 << bits) - 1)) - (1 << (bits - 1)),
    };
}
