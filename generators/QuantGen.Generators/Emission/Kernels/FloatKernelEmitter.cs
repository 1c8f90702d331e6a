using System.Globalization;
using QuantGen.Linear;

namespace QuantGen.Generators.Emission.Kernels;

/// <summary>Emits the full-precision product. Every output is one chain of fused multiply-adds over its inputs, whatever the width or tile.</summary>
internal static class FloatKernelEmitter
{
    public static string Emit()
    {
        var w = new SourceWriter();
        GeneratedHeader.Write(w);
        using (GeneratedHeader.Kernel(w))
        {
            w.Lines("/// <summary>Full-precision linear layers over panels of outputs.</summary>");
            using (w.Block("internal static class " + KernelVariant.FullPrecision.Suffix))
            {
                string title = string.Concat(KernelRegistry.Floats.Where(i => i.Set.Condition.Length > 0)
                    .Select(i => $"\n    {i.Set.Condition} ? \"{i.Set.Title}\" :"));
                w.Lines("/// <summary>Gets the instruction set in use here.</summary>");
                w.Lines($"public static string InstructionSet =>{title} \"{KernelRegistry.Floats.Last().Set.Title}\";\n");
                Dispatch(w);
                foreach (FloatKernelRow isa in KernelRegistry.Floats)
                {
                    foreach (int vectors in new[] { isa.WideVectors, isa.NarrowVectors }.Distinct())
                    {
                        Kernel(w, isa, vectors);
                    }
                }
            }
        }

        return w.ToString();
    }

    private static void Dispatch(SourceWriter w)
    {
        const string Arguments = "ref input, inputStride, count, ref weights, ref bias, rows, columns, ref output, outputStride";
        w.Lines("/// <summary>Computes a linear layer for some tokens.</summary>");
        using (w.Block("public static void Linear(ref float input, int inputStride, int count, ref float weights, ref float bias, int rows, int columns, "
            + "ref float output, int outputStride)"))
        {
            foreach (FloatKernelRow isa in KernelRegistry.Floats)
            {
                string test = isa.Set.Condition.Length > 0 ? $"if ({isa.Set.Condition})" : string.Empty;
                w.Lines(isa == KernelRegistry.Floats[0] ? test : ("else " + test).TrimEnd());
                using (w.Block(null))
                {
                    w.Lines($"FloatPanelLoop.Run<{Struct(isa, isa.WideVectors)}, {Struct(isa, isa.NarrowVectors)}>({Arguments});");
                }
            }
        }
    }

    private static string Struct(FloatKernelRow isa, int vectors) => isa.Name + "By" + N(vectors * isa.Lanes);

    private static void Kernel(SourceWriter w, FloatKernelRow isa, int vectors)
    {
        w.Lines($"\n// {N(isa.Tokens)} tokens by {N(vectors * isa.Lanes)} outputs.");
        using (w.Block($"private readonly struct {Struct(isa, vectors)} : IFloatTileKernel"))
        {
            w.Lines($$"""
                public static MultiplyUnit Unit => MultiplyUnit.{{isa.Unit}};

                public static int TileTokens => {{N(isa.Tokens)}};

                public static int TileOutputs => {{N(vectors * isa.Lanes)}};

                """);
            Method(w, "Tile", isa, isa.Tokens, vectors);
            w.Blank();
            Method(w, "Single", isa, 1, vectors);
        }
    }

    private static void Method(SourceWriter w, string name, FloatKernelRow isa, int tokens, int vectors)
    {
        w.Lines(TileEmitter.CompileFully);
        using (w.Block($"public static void {name}(ref float input, int inputStride, ref float weights, int weightStride, ref float bias, int columns, "
            + $"ref float output, int outputStride{(tokens > 1 ? ", ref float ahead, int aheadStep" : string.Empty)})"))
        {
            for (int m = 1; m < tokens; m++)
            {
                w.Lines($"ref float a{N(m)} = ref Unsafe.Add(ref input, {N(m)} * (nint)inputStride);");
            }

            Each(tokens, vectors, (m, v) => w.Lines($"{isa.Type} sum{N(m)}{N(v)} = {isa.Factory}.{isa.Broadcast}(0f);"));
            using (w.Block("for (nint k = 0; k < columns; k++)"))
            {
                for (int v = 0; v < vectors; v++)
                {
                    w.Lines($"{isa.Type} w{N(v)} = {isa.Factory}.{isa.Load}(ref weights, {N(v * isa.Lanes)});");
                }

                if (tokens > 1)
                {
                    w.Lines("""
                        Prefetch.Line(ref Unsafe.As<float, byte>(ref ahead), 0);
                        ahead = ref Unsafe.Add(ref ahead, aheadStep);
                        """);
                }

                for (int m = 0; m < tokens; m++)
                {
                    w.Lines($"{isa.Type} x{N(m)} = {isa.Factory}.{isa.Broadcast}(Unsafe.Add(ref {(m == 0 ? "input" : "a" + N(m))}, k));");
                    for (int v = 0; v < vectors; v++)
                    {
                        w.Lines(MultiplyAdd(isa, $"sum{N(m)}{N(v)}", $"x{N(m)}", $"w{N(v)}"));
                    }
                }

                w.Lines("weights = ref Unsafe.Add(ref weights, weightStride);");
            }

            Each(tokens, vectors, (m, v) =>
            {
                string row = m == 0 ? string.Empty : $"({N(m)} * (nint)outputStride) + ";
                string at = N(v * isa.Lanes);
                w.Lines(Store(isa, $"sum{N(m)}{N(v)} + {isa.Factory}.{isa.Load}(ref bias, {at})", $"ref Unsafe.Add(ref output, {row}{at})"));
            });
        }
    }

    // A product is added with a single rounding; lanes emulate it where the processor cannot.
    private static string MultiplyAdd(FloatKernelRow isa, string sum, string x, string weights) => isa.Factory.StartsWith("Vector", StringComparison.Ordinal)
        ? $"{sum} = {isa.Factory}.FusedMultiplyAdd({x}, {weights}, {sum});"
        : $"{isa.Factory}.Accumulate(ref {sum}, {x}, {weights});";

    // A call here would make the accumulators live across it, and no register survives a call.
    private static string Store(FloatKernelRow isa, string value, string target) => isa.Factory.StartsWith("Vector", StringComparison.Ordinal)
        ? $"({value}).StoreUnsafe({target});"
        : $"{isa.Factory}.Store({value}, {target}, 0);";

    private static void Each(int tokens, int vectors, Action<int, int> action)
    {
        for (int m = 0; m < tokens; m++)
        {
            for (int v = 0; v < vectors; v++)
            {
                action(m, v);
            }
        }
    }

    private static string N(int number) => number.ToString(CultureInfo.InvariantCulture);
}
