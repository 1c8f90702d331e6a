using System.Globalization;
using QuantGen.Linear;
using QuantGen.Specs;

namespace QuantGen.Generators.Emission.Kernels;

/// <summary>How codes of a bit-width stand in bytes, how they are unpacked and how deep their products may be added in 16 bits.</summary>
internal sealed class CodeFormat(int bits)
{
    private static readonly string[] s_planes = { "p", "q", "r" };
    private readonly CodeField[] _fields = CodeField.Of(bits);

    /// <summary>Gets the bits of a code.</summary>
    public int Bits => bits;

    /// <summary>Gets the steps that one pack holds.</summary>
    public int StepsPerPack => CodeField.StepsPerPack(bits);

    /// <summary>Gets the vectors of a pack per panel vector.</summary>
    public int Planes => CodeField.PlanesPerPack(bits);

    /// <summary>Gets the names of the vectors that hold the parts of a code.</summary>
    public IEnumerable<string> Parameters => s_planes.Take(_fields.Length);

    /// <summary>Gets the planes that hold the parts of a step's codes.</summary>
    /// <param name="step">The step inside the pack.</param>
    public IEnumerable<int> PlanesOf(int step) => _fields.Select(f => f.Plane(step));

    /// <summary>Gets the largest magnitude of a centered code.</summary>
    public int LargestMagnitude => bits == 1 ? 1 : 1 << (bits - 1);

    /// <summary>Gets the inputs whose products fit 16 bits when pairs are added: the largest power of two with D * 2 * 255 * |w| at most 32,767, in
    /// fours.</summary>
    public int PairDepth => 4 * PowerOfTwo(32767 / (2 * 255 * LargestMagnitude));

    /// <summary>Gets the inputs whose single products fit 16 bits.</summary>
    public int SingleDepth => PowerOfTwo(32767 / (255 * LargestMagnitude));

    /// <summary>Gets the expression of the centered codes of a step.</summary>
    /// <param name="isa">The instruction set.</param>
    /// <param name="step">The step inside the pack.</param>
    public string Unpack(KernelRow isa, int step)
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
        8 => "whole bytes",
        _ => $"{string.Join(", above them ", _fields.Select(f => Range(f.FirstBit(step), f.Bits)))}, minus {N(1 << (bits - 1))}",
    };

    private string Shifted(KernelRow isa, int step)
    {
        IEnumerable<string> parts = _fields.Select((f, i) =>
        {
            int right = f.FirstBit(step) - f.Offset;
            string shifted = right < 0 ? ShiftLeft(s_planes[i], -right) : ShiftRight(s_planes[i], right);
            return $"({shifted} & {isa.Vector}.Create((byte){N(((1 << f.Bits) - 1) << f.Offset)}))";
        });
        return string.Join(" | ", parts);
    }

    private static string Range(int first, int count) => count == 1 ? $"bit {N(first)}" : $"bits {N(first)}-{N(first + count - 1)}";

    // Bytes have no shift of their own; bits that cross from the neighbouring byte are masked away.
    private static string ShiftRight(string name, int count) => count == 0 ? name : $"({name}.AsUInt16() >>> {N(count)}).AsByte()";

    private static string ShiftLeft(string name, int count) => count == 0 ? name : $"({name}.AsUInt16() << {N(count)}).AsByte()";

    // One affine transform over GF(2) per byte and part shifts and masks; that of the highest part also extends the sign and subtracts the offset.
    private string Affine(KernelRow isa, int step)
    {
        string Transform(string plane, ulong matrix, int constant) =>
            $"{isa.Gfni}.GaloisFieldAffineTransform({plane}, {isa.Vector}.Create(0x{matrix:X16}UL).AsByte(), 0x{constant:X2}).AsSByte()";
        return bits == 1
            ? Transform("p", Matrix(i => i == 0 ? 0 : 1 << step), 0xFF)
            : string.Join(" | ", _fields.Select((f, i) => Transform(s_planes[i], Matrix(bit => Row(f, bit)), IsHighest(f) ? (0xFF << (bits - 1)) & 0xFF : 0)));

        bool IsHighest(CodeField f) => f.Offset + f.Bits == bits;

        int Row(CodeField f, int bit)
        {
            int inPart = (IsHighest(f) ? Math.Min(bit, bits - 1) : bit) - f.Offset;
            return inPart >= 0 && inPart < f.Bits ? 1 << (f.FirstBit(step) + inPart) : 0;
        }
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
