using System.Globalization;
using QuantGen.Linear;

namespace QuantGen.Generators.Emission.Kernels;

/// <summary>Emits how exact sums become outputs, the vector form of <c>LinearEpilogue</c>. What belongs to a row is loaded once for all tokens of a
/// tile.</summary>
internal sealed class EpilogueEmitter(KernelRow isa, KernelVariant variant)
{
    /// <summary>Gets the 32-bit lanes of a vector.</summary>
    public static int Lanes(KernelRow isa) => isa.Vector switch { "Vector512" => 16, "Vector256" => 8, _ => 4 };

    /// <summary>Gets the vectors of sums that a token has in a panel.</summary>
    public static int Parts(KernelRow isa) => isa.PanelOutputs / Lanes(isa);

    /// <summary>Gets the name of an accumulator.</summary>
    public static string Sum(KernelRow isa, int token, int part) => $"sum{N(token)}{N(part)}";

    /// <summary>Emits the floats that groups of inputs are added into.</summary>
    public void DeclareTerms(SourceWriter w, int tokens)
    {
        for (int part = 0; part < Parts(isa); part++)
        {
            for (int m = 0; m < tokens; m++)
            {
                w.Lines($"{isa.Vector}<float> terms{N(m)}{N(part)} = {isa.Vector}<float>.Zero;");
            }
        }
    }

    /// <summary>Emits the addition of a group's terms.</summary>
    public void AddTerms(SourceWriter w, int tokens)
    {
        w.Lines("nint groupRow = ((nint)group * w.PaddedRows) + row;");
        for (int part = 0; part < Parts(isa); part++)
        {
            Row(w, part, "groupRow");
            for (int m = 0; m < tokens; m++)
            {
                w.Lines($"terms{N(m)}{N(part)} += {Term(m, part, "group")};");
            }
        }
    }

    /// <summary>Emits outputs from the terms of all groups.</summary>
    public void StoreTerms(SourceWriter w, int tokens) => Store(w, tokens, (m, part) => $"terms{N(m)}{N(part)}", loadsRows: false);

    /// <summary>Emits outputs from sums over whole rows.</summary>
    public void Store(SourceWriter w, int tokens) => Store(w, tokens, (m, part) => Term(m, part, "0"), loadsRows: true);

    /// <summary>Emits the two steps; integers take theirs from the runtime.</summary>
    public void Emit(SourceWriter w)
    {
        if (variant.IsInteger)
        {
            return;
        }

        string v = isa.Vector;
        (string parameters, string zeroPoints) = variant.HasZeroPoints
            ? ($", {v}<int> rowZeros, int centered", " - (rowZeros * centered)")
            : (string.Empty, string.Empty);
        if (variant.HasCenters)
        {
            w.Lines($$"""

                // Undo the activations' zero point in integers, convert once, scale by row; the row's center meets the activations' sum.
                [MethodImpl(MethodImplOptions.AggressiveInlining)]
                private static {{v}}<float> Term({{v}}<int> sum, {{v}}<int> rowSums, {{v}}<float> rowScales, int zero, {{v}}<float> rowCenters, int centered) =>
                    ({{v}}.ConvertToSingle(sum - (rowSums * zero)) * rowScales) + (rowCenters * {{v}}.Create((float)centered));
                """);
            Finish(w);
            return;
        }

        w.Lines($$"""

            // Undo zero points in integers, convert once, scale by row.
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            private static {{v}}<float> Term({{v}}<int> sum, {{v}}<int> rowSums, {{v}}<float> rowScales, int zero{{parameters}}) =>
                {{v}}.ConvertToSingle(sum - (rowSums * zero){{zeroPoints}}) * rowScales;
            """);
        Finish(w);
    }

    private void Finish(SourceWriter w) => w.Lines($$"""

        // Scale by token, then add the bias, unfused.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Finish({{isa.Vector}}<float> terms, {{isa.Vector}}<float> bias, float scale, ref float output) =>
            ((terms * scale) + bias).StoreUnsafe(ref output);
        """);

    private static string N(int number) => number.ToString(CultureInfo.InvariantCulture);

    private void Store(SourceWriter w, int tokens, Func<int, int, string> terms, bool loadsRows)
    {
        for (int part = 0; part < Parts(isa); part++)
        {
            if (variant.IsInteger)
            {
                StoreIntegers(w, tokens, part);
                continue;
            }

            if (loadsRows)
            {
                Row(w, part, "row");
            }

            w.Lines($"{isa.Vector}<float> bias{N(part)} = {isa.Vector}.LoadUnsafe(ref w.Bias, (nuint)(row + {N(part * Lanes(isa))}));");
            for (int m = 0; m < tokens; m++)
            {
                string stride = m == 0 ? string.Empty : $"({N(m)} * (nint)outputStride) + ";
                w.Lines($"Finish({terms(m, part)}, bias{N(part)}, Unsafe.Add(ref scale, {N(m)}), ref Unsafe.Add(ref output, {stride}{N(part * Lanes(isa))}));");
            }
        }
    }

    // What belongs to the inputs' zero point is part of a row's summand, so that nothing belongs to a token.
    private void StoreIntegers(SourceWriter w, int tokens, int part)
    {
        string at = $"row + {N(part * Lanes(isa))}";
        w.Lines($"""
            int place{N(part)} = WideProducts.Place({at});
            {isa.Vector}<int> multipliers{N(part)} = {isa.Vector}.LoadUnsafe(ref w.Scales, (nuint)({at})).AsInt32();
            {isa.Vector}<int> odd{N(part)} = WideProducts.Odd(multipliers{N(part)});
            {isa.Vector}<long> even{N(part)} = {isa.Vector}.LoadUnsafe(ref WideProducts.At(ref w.Bias, place{N(part)}));
            {isa.Vector}<long> uneven{N(part)} = {isa.Vector}.LoadUnsafe(ref WideProducts.At(ref w.Bias, place{N(part)} + 8));
            """);
        for (int m = 0; m < tokens; m++)
        {
            string stride = m == 0 ? string.Empty : $"({N(m)} * (nint)outputStride) + ";
            w.Lines($"WideProducts.Scale({Sum(isa, m, part)}, multipliers{N(part)}, odd{N(part)}, even{N(part)}, uneven{N(part)}, w.Shift)"
                + $".AsSingle().StoreUnsafe(ref Unsafe.Add(ref output, {stride}{N(part * Lanes(isa))}));");
        }
    }

    /// <summary>Emits refs to what belongs to the tokens of a tile.</summary>
    public void DeclareTokens(SourceWriter w)
    {
        if (variant.IsInteger)
        {
            return;
        }

        w.Lines("""
            ref float scale = ref Unsafe.Add(ref x.Scales, token);
            ref int zero = ref Unsafe.Add(ref x.ZeroPoints, token);
            """);
        if (variant.HasZeroPoints || variant.HasCenters)
        {
            w.Lines("ref int centered = ref Unsafe.Add(ref x.CenteredSums, (nint)token * x.SumStride);");
        }
    }

    private void Row(SourceWriter w, int part, string row)
    {
        string at = $"(nuint)({row} + {N(part * Lanes(isa))})";
        w.Lines($"""
            {isa.Vector}<int> rowSums{N(part)} = {isa.Vector}.LoadUnsafe(ref w.Sums, {at});
            {isa.Vector}<float> rowScales{N(part)} = {isa.Vector}.LoadUnsafe(ref w.Scales, {at});
            """);
        if (variant.HasZeroPoints)
        {
            w.Lines($"{isa.Vector}<int> rowZeros{N(part)} = {isa.Vector}.LoadUnsafe(ref w.ZeroPoints, {at});");
        }

        if (variant.HasCenters)
        {
            w.Lines($"{isa.Vector}<float> rowCenters{N(part)} = {isa.Vector}.LoadUnsafe(ref w.ZeroPoints, {at}).AsSingle();");
        }
    }

    private string Term(int m, int part, string group)
    {
        string? row = variant.HasCenters ? "rowCenters" : variant.HasZeroPoints ? "rowZeros" : null;
        string zeroPoints = row is null ? string.Empty : $", {row}{N(part)}, Unsafe.Add(ref centered, ({N(m)} * (nint)x.SumStride) + {group})";
        return $"Term({Sum(isa, m, part)}, rowSums{N(part)}, rowScales{N(part)}, Unsafe.Add(ref zero, {N(m)}){zeroPoints})";
    }
}
