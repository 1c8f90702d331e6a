using System.Globalization;
using QuantGen.Specs;

namespace QuantGen.Generators.Emission.Kernels;

/// <summary>Emits the product of labels of a codebook and full-precision activations: a panel is looked up in registers once, then multiplied like
/// full-precision weights.</summary>
internal static class CodebookKernelEmitter
{
    public static string Emit(KernelVariant variant)
    {
        int bits = variant.Bits;
        var w = new SourceWriter();
        GeneratedHeader.Write(w);
        using (GeneratedHeader.Kernel(w))
        {
            w.Lines($"/// <summary>Full-precision products of weights that are {N(bits)}-bit labels of a codebook.</summary>");
            using (w.Block($"internal static class {variant.Suffix}"))
            {
                w.Lines($$"""
                    private const int LabelBits = {{N(bits)}};
                    private const int LabelsPerWord = {{N(PanelPadding.LabelsPerWord(bits))}};

                    /// <summary>Gets the instruction set in use here.</summary>
                    public static string InstructionSet => {{KernelVariant.FullPrecision.Suffix}}.InstructionSet;

                    """);
                Linear(w);
                Decode(w);
                w.Blank();
                new Lookup(bits, "512", "Vector512", 16).Emit(w);
                w.Blank();
                new Lookup(bits, "256", "Vector256", 8).Emit(w);
            }
        }

        return w.ToString();
    }

    private static void Linear(SourceWriter w)
    {
        w.Lines("/// <summary>Computes a linear layer for some tokens; the scratch holds a panel of weights.</summary>");
        using (w.Block("public static void Linear(ref float input, int inputStride, int count, in PlacedCodebook w, ref float output, int outputStride, "
            + "ref float scratch)"))
        {
            w.Lines("nint rowWords = (w.Columns + LabelsPerWord - 1) / LabelsPerWord;");
            using (w.Block("for (int row = 0; row < w.Rows; row += FloatPanels.Outputs)"))
            {
                w.Lines($"""
                    int rows = w.Rows - row < FloatPanels.Outputs ? w.Rows - row : FloatPanels.Outputs;
                    Decode(ref Unsafe.Add(ref w.Words, row * rowWords), ref w.Table, w.Columns, FloatPanels.PaddedRows(rows), ref scratch);
                    {KernelVariant.FullPrecision.Suffix}.Linear(
                        ref input, inputStride, count, ref scratch, ref Unsafe.Add(ref w.Bias, row), rows, w.Columns,
                        ref Unsafe.Add(ref output, row), outputStride);
                    """);
            }
        }

        w.Blank();
    }

    private static void Decode(SourceWriter w)
    {
        w.Lines("// The choice among ways that give the same floats.");
        using (w.Block("private static void Decode(ref uint words, ref float table, int columns, int width, ref float panel)"))
        {
            w.Lines("""
                if (LanesChoice.Use512)
                {
                    Decode512(ref words, ref table, columns, width, ref panel);
                }
                else if (LanesChoice.Use256 && Avx2.IsSupported)
                {
                    Decode256(ref words, ref table, columns, width, ref panel);
                }
                else
                {
                    CodebookPanels.Decode(ref words, ref table, LabelBits, columns, width, ref panel);
                }
                """);
        }
    }

    private static string N(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The look-up of one vector type: tables stand in registers, and every word gives as many weights as it has labels.</summary>
    private sealed class Lookup(int bits, string name, string factory, int lanes)
    {
        private readonly string _floats = $"{factory}<float>";
        private readonly int _tables = Math.Max(1, (1 << bits) / lanes);

        public void Emit(SourceWriter w)
        {
            w.Lines(TileEmitter.CompileFully);
            using (w.Block($"private static void Decode{name}(ref uint words, ref float table, int columns, int width, ref float panel)"))
            {
                for (int t = 0; t < _tables; t++)
                {
                    w.Lines($"{_floats} table{N(t)} = {factory}.LoadUnsafe(ref table, {N(t * lanes)});");
                }

                using (w.Block($"for (int first = 0; first < width; first += {N(lanes)})"))
                {
                    Vectors(w);
                }
            }

            w.Blank();
            w.Lines("// Only the low bits of an index count, so that labels above this one need no mask.");
            w.Lines("[MethodImpl(MethodImplOptions.AggressiveInlining)]");
            string parameters = string.Concat(Enumerable.Range(0, _tables).Select(t => $", {_floats} table{N(t)}"));
            using (w.Block($"private static {_floats} Look{name}({factory}<uint> codes{parameters})"))
            {
                w.Lines($"return {Choice()};");
            }
        }

        private void Vectors(SourceWriter w)
        {
            string arguments = string.Concat(Enumerable.Range(0, _tables).Select(t => $", table{N(t)}"));
            int perWord = PanelPadding.LabelsPerWord(bits);
            w.Lines("""
                ref uint from = ref Unsafe.Add(ref words, first);
                ref float to = ref Unsafe.Add(ref panel, first);
                int k = 0;
                """);
            using (w.Block("for (; k + LabelsPerWord <= columns; k += LabelsPerWord)"))
            {
                w.Lines($"{factory}<uint> codes = {factory}.LoadUnsafe(ref from);");
                for (int step = 0; step < perWord; step++)
                {
                    string shifted = step == 0 ? "codes" : $"codes >>> {N(step * bits)}";
                    string target = step == 0 ? "ref to" : $"ref Unsafe.Add(ref to, (nint)width * {N(step)})";
                    w.Lines($"Look{name}({shifted}{arguments}).StoreUnsafe({target});");
                }

                w.Lines("from = ref Unsafe.Add(ref from, width);");
                w.Lines("to = ref Unsafe.Add(ref to, (nint)width * LabelsPerWord);");
            }

            w.Blank();
            w.Lines("// The last word of a row may be partly filled.");
            using (w.Block("if (k < columns)"))
            {
                w.Lines($"{factory}<uint> codes = {factory}.LoadUnsafe(ref from);");
                using (w.Block("for (; k < columns; k++)"))
                {
                    w.Lines($"Look{name}(codes{arguments}).StoreUnsafe(ref to);");
                    w.Lines("codes >>>= LabelBits;");
                    w.Lines("to = ref Unsafe.Add(ref to, width);");
                }
            }
        }

        // 512 bits: 16 numbers by one table, 32 by two. 256 bits: 8 by one table; of several the bits above the low three choose.
        private string Choice()
        {
            if (lanes == 16)
            {
                return _tables == 1 ? "Avx512F.PermuteVar16x32(table0, codes.AsInt32())" : "Avx512F.PermuteVar16x32x2(table0, codes.AsInt32(), table1)";
            }

            string[] choices = Enumerable.Range(0, _tables).Select(t => $"Avx2.PermuteVar8x32(table{N(t)}, codes.AsInt32())").ToArray();
            for (int bit = 3; choices.Length > 1; bit++)
            {
                // A blend looks at the highest bit of a lane.
                string moved = $"(codes << {N(31 - bit)}).AsSingle()";
                choices =
                    Enumerable.Range(0, choices.Length / 2).Select(i => $"Avx.BlendVariable({choices[2 * i]}, {choices[(2 * i) + 1]}, {moved})").ToArray();
            }

            return choices[0];
        }
    }
}
