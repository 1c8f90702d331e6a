using System.Globalization;
using QuantGen.Generators.Specs;

namespace QuantGen.Generators.Emission.Kernels;

/// <summary>Emits the full-precision product. Every output is one chain of fused multiply-adds over its inputs, whatever the width or tile.</summary>
internal static class FloatKernelEmitter
{
    private static readonly (string Lanes, string Condition, int Tokens, int Vectors)[] s_tiles =
    {
        ("Lanes512", "LanesChoice.Use512", 6, 4),
        ("Lanes256", "LanesChoice.Use256", 6, 1),
        ("Lanes128", "LanesChoice.Use128", 2, 1),
        ("LanesScalar", string.Empty, 2, 1),
    };

    public static string Emit(ClassSpec spec)
    {
        var w = new SourceWriter();
        GeneratedHeader.Write(w);
        using (GeneratedHeader.Implementation(w, spec))
        {
            w.Lines("/// <summary>Full-precision linear layers over panels of 64 outputs.</summary>");
            using (w.Block($"internal static class {spec.Name}KernelsF32"))
            {
                w.Lines("""
                    /// <summary>Gets the instruction set in use here.</summary>
                    public static string InstructionSet =>
                        LanesChoice.Use512 ? "AVX-512" : LanesChoice.Use256 ? "AVX2" : LanesChoice.Use128 ? "128-bit" : "scalar";

                    """);
                Dispatch(w);
                foreach ((string lanes, _, int tokens, int vectors) in s_tiles)
                {
                    Kernel(w, lanes, tokens, vectors);
                    if (vectors > 1)
                    {
                        Kernel(w, lanes, tokens, 1);
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
        using (w.Block("public static void Linear(ref float input, int inputStride, int count, ref float weights, ref float bias, int rows, int columns, ref float output, int outputStride)"))
        {
            for (int i = 0; i < s_tiles.Length; i++)
            {
                (string lanes, string condition, _, int vectors) = s_tiles[i];
                string test = i == 0 ? $"if ({condition})" : condition.Length > 0 ? $"else if ({condition})" : "else";
                using (w.Block(test))
                {
                    w.Lines($"FloatPanelLoop.Run<{lanes}By{N(vectors)}, {lanes}By1>({Arguments});");
                }
            }
        }
    }

    private static void Kernel(SourceWriter w, string lanes, int tokens, int vectors)
    {
        w.Lines($"\n// {N(tokens)} tokens by {N(vectors * 16)} outputs.");
        using (w.Block($"private readonly struct {lanes}By{N(vectors)} : IFloatTileKernel"))
        {
            w.Lines($$"""
                public static int TileTokens => {{N(tokens)}};

                public static int TileOutputs => {{N(vectors * 16)}};

                """);
            Method(w, "Tile", lanes, tokens, vectors);
            w.Blank();
            Method(w, "Single", lanes, 1, vectors);
        }
    }

    private static void Method(SourceWriter w, string name, string lanes, int tokens, int vectors)
    {
        using (w.Block($"public static void {name}(ref float input, int inputStride, ref float weights, int weightStride, ref float bias, int columns, ref float output, int outputStride, int outputs)"))
        {
            for (int m = 1; m < tokens; m++)
            {
                w.Lines($"ref float a{N(m)} = ref Unsafe.Add(ref input, {N(m)} * (nint)inputStride);");
            }

            Each(tokens, vectors, (m, v) => w.Lines($"{lanes} sum{N(m)}{N(v)} = {lanes}.Broadcast(0f);"));
            using (w.Block("for (nint k = 0; k < columns; k++)"))
            {
                for (int v = 0; v < vectors; v++)
                {
                    w.Lines($"{lanes} w{N(v)} = {lanes}.Load(ref weights, {N(v * 16)});");
                }

                for (int m = 0; m < tokens; m++)
                {
                    w.Lines($"{lanes} x{N(m)} = {lanes}.Broadcast(Unsafe.Add(ref {(m == 0 ? "input" : "a" + N(m))}, k));");
                    for (int v = 0; v < vectors; v++)
                    {
                        w.Lines($"{lanes}.Accumulate(ref sum{N(m)}{N(v)}, x{N(m)}, w{N(v)});");
                    }
                }

                w.Lines("weights = ref Unsafe.Add(ref weights, weightStride);");
            }

            Each(tokens, vectors, (m, v) => w.Lines(
                $"FloatOutputs.Store(sum{N(m)}{N(v)} + {lanes}.Load(ref bias, {N(v * 16)}), ref Unsafe.Add(ref output, ({N(m)} * (nint)outputStride) + {N(v * 16)}), outputs - {N(v * 16)});"));
        }
    }

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
