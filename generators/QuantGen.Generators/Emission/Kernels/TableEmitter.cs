using System.Globalization;
using QuantGen.Linear;

namespace QuantGen.Generators.Emission.Kernels;

/// <summary>Emits a kernel that looks sums of activations up by weights of one bit. How wide tables are is left to the two forms.</summary>
internal abstract class TableEmitter(KernelRow isa, KernelVariant variant)
{
    /// <summary>Gets the name of the order in <c>TableOrder</c>.</summary>
    protected abstract string Order { get; }

    /// <summary>Gets a comment that says what is looked up and why no sum overflows.</summary>
    protected abstract string Bound { get; }

    protected int Planes => variant.Bits;

    private int Lanes => EpilogueEmitter.Lanes(isa);

    public static TableEmitter For(KernelRow isa, KernelVariant variant) =>
        isa.Vector == "Vector512" ? new WordTableEmitter(isa, variant) : new NibbleTableEmitter(isa, variant);

    public void Emit(SourceWriter w)
    {
        w.Lines(Bound);
        using (w.Block($"private readonly struct {isa.Name} : ITableKernel"))
        {
            w.Lines($"public static MultiplyUnit Unit => MultiplyUnit.{isa.Unit};\n");
            w.Lines($"public static KernelOrder Order => TableOrder.{Order};\n");
            Build(w);
            Method(w, "Tile", isa.TileTokens, isa.PanelVectors);
            Method(w, "Single", 1, isa.PanelVectors);
            Method(w, "GranuleTile", isa.TileTokens, Planes);
            Method(w, "GranuleSingle", 1, Planes);
            Parts(w);
            Finish(w);
        }
    }

    /// <summary>Emits the method that builds a token's tables.</summary>
    protected abstract void Build(SourceWriter w);

    /// <summary>Emits the body of a method that adds a block to sums.</summary>
    protected abstract void Body(SourceWriter w, int tokens, int vectors);

    /// <summary>Emits what the bodies call.</summary>
    protected abstract void Parts(SourceWriter w);

    protected static string N(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Gets the ref to a token's sums at an output of the panel.</summary>
    protected static string Sums(int token, int output) =>
        $"ref Unsafe.Add(ref sums, {(token == 0 ? string.Empty : $"({N(token)} * (nint)sumStride) + ")}{N(output)})";

    protected static void Each(int tokens, int vectors, Action<int, int> action)
    {
        for (int m = 0; m < tokens; m++)
        {
            for (int v = 0; v < vectors; v++)
            {
                action(m, v);
            }
        }
    }

    private void Method(SourceWriter w, string name, int tokens, int vectors)
    {
        w.Blank();
        w.Lines($"// {N(tokens)} token{(tokens == 1 ? string.Empty : "s")} by {N(vectors * 32 / Planes)} outputs.");
        w.Lines(TileEmitter.CompileFully);
        using (w.Block($"public static void {name}(ref byte codes, ref byte tables, int words, nint next, ref int sums, int sumStride, bool isFirst)"))
        {
            w.Lines("ref byte ahead = ref Unsafe.Add(ref codes, next);");
            Body(w, tokens, vectors);
        }
    }

    private void Finish(SourceWriter w)
    {
        string v = isa.Vector;
        w.Lines($$"""

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            private static void Add({{v}}<int> first, {{v}}<int> second, ref int sums, bool isFirst)
            {
                if (!isFirst)
                {
                    first += {{v}}.LoadUnsafe(ref sums);
                    second += {{v}}.LoadUnsafe(ref sums, {{N(Lanes)}});
                }

                first.StoreUnsafe(ref sums);
                second.StoreUnsafe(ref sums, {{N(Lanes)}});
            }
            """);
        w.Lines(variant.IsInteger ? "\n// Undo offsets, then take the outputs' scale."
            : "\n// Undo offsets and zero points in integers, convert once, scale by row and token, then add the bias, unfused.");
        Action<SourceWriter, string, int> finish = variant.IsInteger ? IntegerMethod : FinishMethod;
        finish(w, "FinishTile", isa.TileTokens);
        w.Blank();
        finish(w, "FinishSingle", 1);
        if (variant.IsInteger)
        {
            w.Lines("""

                public static void FinishRow(int sum, in QuantizedRows x, int token, in PlacedLinear w, int row, ref float output) =>
                    Unsafe.As<float, int>(ref output) = LinearEpilogue.Fixed(sum, w, row);
                """);
        }

        if (variant.HasCenters)
        {
            w.Lines("""

                public static void FinishRow(int sum, in QuantizedRows x, int token, in PlacedLinear w, int row, ref float output) =>
                    output = LinearEpilogue.Finish(LinearEpilogue.CenteredTerm(sum, x, token, w, row), x, token, w, row);
                """);
        }
    }

    private void IntegerMethod(SourceWriter w, string name, int tokens)
    {
        string v = isa.Vector;
        w.Lines(TileEmitter.CompileFully);
        using (w.Block($"public static void {name}(ref int sums, int sumStride, in QuantizedRows x, int token, in PlacedLinear w, int rows, "
            + $"ref float output, int outputStride)"))
        {
            for (int m = 0; m < tokens; m++)
            {
                string at = m == 0 ? "token" : $"(token + {N(m)})";
                w.Lines($"{v}<int> offset{N(m)} = {v}.Create(Unsafe.Add(ref x.CenteredSums, {at} * x.SumStride) << {N(variant.Bits - 1)});");
            }

            using (w.Block($"for (int row = 0; row < rows; row += {N(Lanes)})"))
            {
                w.Lines($"""
                    int place = WideProducts.Place(row);
                    {v}<int> multipliers = {v}.LoadUnsafe(ref w.Scales, (nuint)row).AsInt32();
                    {v}<int> odd = WideProducts.Odd(multipliers);
                    {v}<long> even = {v}.LoadUnsafe(ref WideProducts.At(ref w.Bias, place));
                    {v}<long> uneven = {v}.LoadUnsafe(ref WideProducts.At(ref w.Bias, place + 8));
                    """);
                for (int m = 0; m < tokens; m++)
                {
                    string sums = m == 0 ? "(nuint)row" : $"(nuint)(({N(m)} * (nint)sumStride) + row)";
                    string target = m == 0 ? "(nuint)row" : $"(nuint)(({N(m)} * (nint)outputStride) + row)";
                    w.Lines($"""
                        WideProducts.Scale({v}.LoadUnsafe(ref sums, {sums}) - offset{N(m)}, multipliers, odd, even, uneven, w.Shift)
                            .AsSingle().StoreUnsafe(ref output, {target});
                        """);
                }
            }
        }
    }

    // What belongs to a row is loaded once for all tokens.
    private void FinishMethod(SourceWriter w, string name, int tokens)
    {
        string v = isa.Vector;
        w.Lines(TileEmitter.CompileFully);
        using (w.Block($"public static void {name}(ref int sums, int sumStride, in QuantizedRows x, int token, in PlacedLinear w, int rows, "
            + $"ref float output, int outputStride)"))
        {
            for (int m = 0; m < tokens; m++)
            {
                string at = m == 0 ? "token" : $"token + {N(m)}";
                w.Lines($"""
                    {v}<int> centered{N(m)} = {v}.Create(Unsafe.Add(ref x.CenteredSums, {(m == 0 ? at : $"({at})")} * x.SumStride));
                    {v}<int> zero{N(m)} = {v}.Create(Unsafe.Add(ref x.ZeroPoints, {at}));
                    {v}<float> scale{N(m)} = {v}.Create(Unsafe.Add(ref x.Scales, {at}));
                    """);
            }

            using (w.Block($"for (int row = 0; row < rows; row += {N(Lanes)})"))
            {
                w.Lines($"""
                    {v}<int> codeSums = {v}.LoadUnsafe(ref w.Sums, (nuint)row);
                    {v}<float> scales = {v}.LoadUnsafe(ref w.Scales, (nuint)row);
                    {v}<float> bias = {v}.LoadUnsafe(ref w.Bias, (nuint)row);
                    """);
                if (variant.HasZeroPoints)
                {
                    w.Lines($"{v}<int> zeroPoints = {v}.LoadUnsafe(ref w.ZeroPoints, (nuint)row);");
                }

                if (variant.HasCenters)
                {
                    w.Lines($"{v}<float> centers = {v}.LoadUnsafe(ref w.ZeroPoints, (nuint)row).AsSingle();");
                }

                for (int m = 0; m < tokens; m++)
                {
                    string sums = m == 0 ? "(nuint)row" : $"(nuint)(({N(m)} * (nint)sumStride) + row)";
                    string target = m == 0 ? "(nuint)row" : $"(nuint)(({N(m)} * (nint)outputStride) + row)";
                    string zeroPoints = variant.HasZeroPoints ? $" - (zeroPoints * centered{N(m)})" : string.Empty;
                    string offset = variant.Bits == 1 ? $"centered{N(m)}" : $"(centered{N(m)} << 1)";
                    string center = variant.HasCenters ? $" + (centers * {v}.ConvertToSingle(centered{N(m)}))" : string.Empty;
                    string term = $"({v}.ConvertToSingle(corrected{N(m)}) * scales)";
                    w.Lines($"""
                        {v}<int> corrected{N(m)} = {v}.LoadUnsafe(ref sums, {sums}) - {offset} - (codeSums * zero{N(m)}){zeroPoints};
                        (({(center.Length > 0 ? $"({term}{center})" : term)} * scale{N(m)}) + bias).StoreUnsafe(ref output, {target});
                        """);
                }
            }
        }
    }
}
