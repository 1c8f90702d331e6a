using System.Globalization;

namespace QuantGen.Generators.Emission.Kernels;

/// <summary>Emits how exact sums become outputs, the vector form of <c>LinearEpilogue</c>.</summary>
internal sealed class EpilogueEmitter(IsaSpec isa, KernelVariant variant)
{
    /// <summary>Gets the 32-bit lanes of a vector.</summary>
    public static int Lanes(IsaSpec isa) => isa.Vector switch { "Vector512" => 16, "Vector256" => 8, _ => 4 };

    /// <summary>Gets the vectors of sums that a token has in a panel.</summary>
    public static int Parts(IsaSpec isa) => isa.PanelOutputs / Lanes(isa);

    /// <summary>Gets the name of an accumulator.</summary>
    public static string Sum(IsaSpec isa, int token, int part) => $"sum{N(token)}{N(part)}";

    public static void DeclareTerms(SourceWriter w, IsaSpec isa, int tokens) =>
        Each(isa, tokens, (m, part) => w.Lines($"{isa.Vector}<float> terms{N(m)}{N(part)} = {isa.Vector}<float>.Zero;"));

    public static void AddTerms(SourceWriter w, IsaSpec isa, int tokens) =>
        Each(isa, tokens, (m, part) => w.Lines($"terms{N(m)}{N(part)} += Term({Sum(isa, m, part)}, x, token + {N(m)}, w, row + {N(part * Lanes(isa))}, group);"));

    public static void StoreTerms(SourceWriter w, IsaSpec isa, int tokens) => Each(isa, tokens, (m, part) =>
    {
        string stride = m == 0 ? string.Empty : $"({N(m)} * (nint)outputStride) + ";
        w.Lines($"Finish(terms{N(m)}{N(part)}, x, token + {N(m)}, w, row + {N(part * Lanes(isa))}, ref Unsafe.Add(ref output, {stride}{N(part * Lanes(isa))}));");
    });

    public void Emit(SourceWriter w)
    {
        string v = isa.Vector;
        string index = variant.IsGrouped ? "(group * w.PaddedRows) + row" : "row";
        string group = variant.IsGrouped ? ", int group" : string.Empty;
        string sums = variant.IsGrouped ? "(token * x.SumStride) + group" : "token * x.SumStride";
        string zeroPoints = variant.HasZeroPoints
            ? $"\n    corrected -= {v}.LoadUnsafe(ref w.ZeroPoints, at) * Unsafe.Add(ref x.CenteredSums, {sums});"
            : string.Empty;
        w.Lines($$"""

            // Undo zero points in integers, convert once, scale by row.
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            private static {{v}}<float> Term({{v}}<int> sum, in QuantizedRows x, int token, in PlacedLinear w, int row{{group}})
            {
                nuint at = (nuint)({{index}});
                {{v}}<int> corrected = sum - ({{v}}.LoadUnsafe(ref w.Sums, at) * Unsafe.Add(ref x.ZeroPoints, token));{{zeroPoints}}
                return {{v}}.ConvertToSingle(corrected) * {{v}}.LoadUnsafe(ref w.Scales, at);
            }

            // Scale by token, then add the bias, unfused.
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            private static void Finish({{v}}<float> terms, in QuantizedRows x, int token, in PlacedLinear w, int row, ref float output) =>
                ((terms * Unsafe.Add(ref x.Scales, token)) + {{v}}.LoadUnsafe(ref w.Bias, (nuint)row)).StoreUnsafe(ref output);
            """);
        if (!variant.IsGrouped)
        {
            w.Lines($$"""

                [MethodImpl(MethodImplOptions.AggressiveInlining)]
                private static void Store({{v}}<int> sum, in QuantizedRows x, int token, in PlacedLinear w, int row, ref float output) =>
                    Finish(Term(sum, x, token, w, row), x, token, w, row, ref output);
                """);
        }
    }

    private static void Each(IsaSpec isa, int tokens, Action<int, int> action)
    {
        for (int m = 0; m < tokens; m++)
        {
            for (int part = 0; part < Parts(isa); part++)
            {
                action(m, part);
            }
        }
    }

    private static string N(int number) => number.ToString(CultureInfo.InvariantCulture);
}
