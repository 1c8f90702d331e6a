using System.Globalization;

namespace QuantGen.Generators.Emission.Kernels;

/// <summary>Emits a kernel that looks sums of activations up by weights of one bit. How wide tables are is left to the two forms.</summary>
internal abstract class TableEmitter(IsaSpec isa, KernelVariant variant)
{
    /// <summary>Gets the name of the order in <c>TableOrder</c>.</summary>
    protected abstract string Order { get; }

    /// <summary>Gets a comment that says what is looked up and why no sum overflows.</summary>
    protected abstract string Bound { get; }

    /// <summary>Gets the tokens of a tile.</summary>
    protected abstract int Tokens { get; }

    /// <summary>Gets the vectors of a panel.</summary>
    protected abstract int PanelVectors { get; }

    protected int Planes => variant.Bits;

    private int Lanes => EpilogueEmitter.Lanes(isa);

    public static TableEmitter For(IsaSpec isa, KernelVariant variant) =>
        isa.Vector == "Vector512" ? new WordTableEmitter(isa, variant) : new NibbleTableEmitter(isa, variant);

    public void Emit(SourceWriter w)
    {
        w.Lines(Bound);
        using (w.Block($"private readonly struct {isa.Name} : ITableKernel"))
        {
            w.Lines($"public static KernelOrder Order => TableOrder.{Order};\n");
            Build(w);
            Method(w, "Tile", Tokens, PanelVectors);
            Method(w, "Single", 1, PanelVectors);
            Method(w, "GranuleTile", Tokens, Planes);
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
        string zeroPoints = variant.HasZeroPoints
            ? $"\n        corrected -= {v}.LoadUnsafe(ref w.ZeroPoints, (nuint)row) * centered;"
            : string.Empty;
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

            // Undo offsets and zero points in integers, convert once, scale by row and token, then add the bias, unfused.
            {{TileEmitter.CompileFully}}
            public static void Finish(ref int sums, in QuantizedRows x, int token, in PlacedLinear w, int rows, ref float output)
            {
                {{v}}<int> centered = {{v}}.Create(Unsafe.Add(ref x.CenteredSums, token * x.SumStride));
                {{v}}<int> zero = {{v}}.Create(Unsafe.Add(ref x.ZeroPoints, token));
                {{v}}<float> scale = {{v}}.Create(Unsafe.Add(ref x.Scales, token));
                for (int row = 0; row < rows; row += {{N(Lanes)}})
                {
                    {{v}}<int> corrected = {{v}}.LoadUnsafe(ref sums, (nuint)row) - {{(variant.Bits == 1 ? "centered" : "(centered << 1)")}} - ({{v}}.LoadUnsafe(ref w.Sums, (nuint)row) * zero);{{zeroPoints}}
                    {{v}}<float> term = {{v}}.ConvertToSingle(corrected) * {{v}}.LoadUnsafe(ref w.Scales, (nuint)row);
                    ((term * scale) + {{v}}.LoadUnsafe(ref w.Bias, (nuint)row)).StoreUnsafe(ref output, (nuint)row);
                }
            }
            """);
    }
}
