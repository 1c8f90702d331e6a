using System.Globalization;
using QuantGen.Linear;
using QuantGen.Specs;

namespace QuantGen.Generators.Emission.Kernels;

/// <summary>Emits the plain loops that define a bit-width's kernel and run where no vectors do.</summary>
internal static class ScalarKernelEmitter
{
    public static void Emit(SourceWriter w, KernelRow isa, KernelVariant variant)
    {
        int bits = variant.Bits;
        var format = new CodeFormat(bits);
        w.Lines("// Plain loops: the definition of this kernel.");
        using (w.Block($"private readonly struct {isa.Name} : ITileKernel"))
        {
            w.Lines($$"""
                private const int Steps = {{N(format.StepsPerPack)}};
                private const int PackBytes = {{N(format.Planes * isa.PanelOutputs)}};

                """);
            KernelMembers.Plain(w, isa, $"new({N(bits)}, {N(isa.VectorOutputs)}, {N(isa.Interleave)}, {N(isa.PanelVectors)})");
            if (variant.IsInteger)
            {
                IntegerSingle(w, isa);
            }
            else
            {
                Single(w, isa, variant);
            }

            w.Lines($$"""
                // The centered code of one output and input.
                [MethodImpl(MethodImplOptions.AggressiveInlining)]
                private static int Weight(ref byte panel, int o, int k)
                {
                    ref byte pack = ref Unsafe.Add(ref panel, k / Steps * PackBytes);
                """);
            using (w.Indented())
            {
                w.Lines(Weight(format, isa.PanelOutputs));
            }

            w.Lines("}");
        }
    }

    private static void Single(SourceWriter w, KernelRow isa, KernelVariant variant) => w.Lines($$"""
        public static void Single(in QuantizedRows x, int token, in PlacedLinear w, int row, ref float output)
        {
            ref byte panel = ref Unsafe.Add(ref w.Codes, row / {{N(isa.PanelOutputs)}} * ((nint)w.Columns / Steps * PackBytes));
            ref byte activations = ref Unsafe.Add(ref x.Codes, (nint)token * x.Stride);
            for (int o = 0; o < {{N(isa.PanelOutputs)}}; o++)
            {
                float terms = 0;
                for (int group = 0; group * w.GroupSize < w.Columns; group++)
                {
                    int end = Math.Min((group + 1) * w.GroupSize, w.Columns);
                    int sum = 0;
                    for (int k = group * w.GroupSize; k < end; k++)
                    {
                        sum += Unsafe.Add(ref activations, k) * Weight(ref panel, o, k);
                    }

                    terms += LinearEpilogue.{{Term(variant)}};
                }

                Unsafe.Add(ref output, o) = LinearEpilogue.Finish(terms, x, token, w, row + o);
            }
        }

        """);

    private static string Term(KernelVariant variant) =>
        variant.HasCenters ? "CenteredTerm(sum, x, token, w, row + o)" : "GroupTerm(sum, x, token, w, row + o, group)";

    // Whole rows, whose sums become integers of the outputs' scale.
    private static void IntegerSingle(SourceWriter w, KernelRow isa) => w.Lines($$"""
        public static void Single(in QuantizedRows x, int token, in PlacedLinear w, int row, ref float output)
        {
            ref byte panel = ref Unsafe.Add(ref w.Codes, row / {{N(isa.PanelOutputs)}} * ((nint)w.Columns / Steps * PackBytes));
            ref byte activations = ref Unsafe.Add(ref x.Codes, (nint)token * x.Stride);
            for (int o = 0; o < {{N(isa.PanelOutputs)}}; o++)
            {
                int sum = 0;
                for (int k = 0; k < w.Columns; k++)
                {
                    sum += Unsafe.Add(ref activations, k) * Weight(ref panel, o, k);
                }

                Unsafe.As<float, int>(ref Unsafe.Add(ref output, o)) = LinearEpilogue.Fixed(sum, w, row + o);
            }
        }

        """);

    private static string Weight(CodeFormat format, int outputs) => format.Bits switch
    {
        1 => "return (((Unsafe.Add(ref pack, o) >> (k % Steps)) & 1) * 2) - 1;",
        8 => "return (sbyte)Unsafe.Add(ref pack, o);",
        2 or 4 => $"return ((Unsafe.Add(ref pack, o) >> (k % Steps * {N(format.Bits)})) & {N((1 << format.Bits) - 1)}) - {N(1 << (format.Bits - 1))};",
        _ => string.Join("\n", CodeField.Of(format.Bits).Select((field, i) => Part(field, i == 0 ? "int code =" : "code |=", outputs)))
            + $"\nreturn code - {N(1 << (format.Bits - 1))};",
    };

    // Of steps as many as fit stand in a byte, then in the next plane.
    private static string Part(CodeField field, string to, int outputs)
    {
        int steps = 8 / field.Bits;
        string plane = $"(({N(field.FirstPlane)} + (k % Steps / {N(steps)})) * {N(outputs)})";
        return $"{to} ((Unsafe.Add(ref pack, {plane} + o) >> (k % {N(steps)} * {N(field.Bits)})) & {N((1 << field.Bits) - 1)}) << {N(field.Offset)};";
    }

    private static string N(int number) => number.ToString(CultureInfo.InvariantCulture);
}
