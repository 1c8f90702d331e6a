using System.Globalization;

namespace QuantGen.Generators.Emission.Kernels;

/// <summary>How codes of a bit-width stand in bytes, how they are unpacked and how deep their products may be added in 16 bits.</summary>
internal sealed class CodeFormat(int bits)
{
    /// <summary>Gets the bits of a code.</summary>
    public int Bits => bits;

    /// <summary>Gets the steps that one pack holds.</summary>
    public int StepsPerPack => bits == 3 ? 8 : 8 / bits;

    /// <summary>Gets the vectors of a pack per panel vector: three bits stand as two planes of low bits and one of high bits.</summary>
    public int Planes => bits == 3 ? 3 : 1;

    /// <summary>Gets the largest magnitude of a centered code.</summary>
    public int LargestMagnitude => bits == 1 ? 1 : 1 << (bits - 1);

    /// <summary>Gets the inputs whose products fit 16 bits when pairs are added: the largest power of two with D * 2 * 255 * |w| at most 32,767, in fours.</summary>
    public int PairDepth => 4 * PowerOfTwo(32767 / (2 * 255 * LargestMagnitude));

    /// <summary>Gets the inputs whose single products fit 16 bits.</summary>
    public int SingleDepth => PowerOfTwo(32767 / (255 * LargestMagnitude));

    /// <summary>Gets the expression of the centered codes of a step.</summary>
    /// <param name="isa">The instruction set.</param>
    /// <param name="step">The step inside the pack.</param>
    public string Unpack(IsaSpec isa, int step)
    {
        if (bits == 8)
        {
            return "p.AsSByte()";
        }

        string shifted = Shifted(isa, step);
        string v = isa.Vector;
        string plain = bits == 1
            ? $"({shifted} + {shifted}).AsSByte() - {v}.Create((sbyte)1)"
            : $"({shifted}).AsSByte() - {v}.Create((sbyte){N(1 << (bits - 1))})";
        return isa.Gfni is null ? plain : $"{isa.Gfni}.IsSupported\n    ? {Affine(isa, step)}\n    : {plain}";
    }

    /// <summary>Describes the bits of a step in words.</summary>
    public string Describe(int step) => bits switch
    {
        1 => $"bit {N(step)}, as -1 or +1",
        3 => $"low bits {N(step % 4 * 2)}-{N((step % 4 * 2) + 1)} and high bit {N(step)}, minus 4",
        8 => "whole bytes",
        _ => $"bits {N(step * bits)}-{N(((step + 1) * bits) - 1)}, minus {N(1 << (bits - 1))}",
    };

    private string Shifted(IsaSpec isa, int step)
    {
        string v = isa.Vector;
        if (bits == 3)
        {
            string low = $"({ShiftRight("p", step % 4 * 2)} & {v}.Create((byte)3))";
            string high = step <= 2 ? $"({ShiftLeft("q", 2 - step)} & {v}.Create((byte)4))" : $"({ShiftRight("q", step - 2)} & {v}.Create((byte)4))";
            return $"{low} | {high}";
        }

        return $"({ShiftRight("p", step * bits)} & {v}.Create((byte){N((1 << bits) - 1)}))";
    }

    // Bytes have no shift of their own; bits that cross from the neighbouring byte are masked away.
    private static string ShiftRight(string name, int count) => count == 0 ? name : $"({name}.AsUInt16() >>> {N(count)}).AsByte()";

    private static string ShiftLeft(string name, int count) => count == 0 ? name : $"({name}.AsUInt16() << {N(count)}).AsByte()";

    // One affine transform over GF(2) per byte shifts, masks, extends the sign and subtracts the offset.
    private string Affine(IsaSpec isa, int step)
    {
        string Transform(string plane, ulong matrix, int constant) =>
            $"{isa.Gfni}.GaloisFieldAffineTransform({plane}, {isa.Vector}.Create(0x{matrix:X16}UL).AsByte(), 0x{constant:X2}).AsSByte()";
        if (bits == 3)
        {
            ulong low = Matrix(i => i < 2 ? 1 << ((step % 4 * 2) + i) : 0);
            ulong high = Matrix(i => i < 2 ? 0 : 1 << step);
            return $"{Transform("p", low, 0)} | {Transform("q", high, 0xFC)}";
        }

        int first = step * bits;
        return bits == 1
            ? Transform("p", Matrix(i => i == 0 ? 0 : 1 << first), 0xFF)
            : Transform("p", Matrix(i => 1 << (first + Math.Min(i, bits - 1))), (0xFF << (bits - 1)) & 0xFF);
    }

    // Output bit i of a byte is row i of the matrix, which the instruction keeps in byte 7 - i.
    private static ulong Matrix(Func<int, int> row)
    {
        ulong matrix = 0;
        for (int i = 0; i < 8; i++)
        {
            matrix |= (ulong)(byte)row(i) << (8 * (7 - i));
        }

        return matrix;
    }

    private static int PowerOfTwo(int most)
    {
        int power = 1;
        while (power * 2 <= most)
        {
            power *= 2;
        }

        return power;
    }

    private static string N(int number) => number.ToString(CultureInfo.InvariantCulture);
}
