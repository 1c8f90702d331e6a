using System.Globalization;
using QuantGen.Linear;

namespace QuantGen.Generators.Emission.Kernels;

/// <summary>Emits the micro-kernels of one bit-width: one struct per instruction set and the choice among them.</summary>
internal static class QuantizedKernelEmitter
{
    public static string Emit(KernelVariant variant)
    {
        IReadOnlyList<KernelRow> sets = variant.MeetsBits ? KernelRegistry.ForBits : KernelRegistry.For(variant.Bits, variant.IsGrouped);
        var w = new SourceWriter();
        GeneratedHeader.Write(w);
        using (GeneratedHeader.Kernel(w, "System.Runtime.Intrinsics.Arm"))
        {
            string activations = variant.MeetsBits ? "1-bit activations" : "8-bit activations";
            w.Lines($"/// <summary>Exact products of {variant.Bits.ToString(CultureInfo.InvariantCulture)}-bit weights and "
                + $"{activations}{Details(variant)}.</summary>");
            using (w.Block($"internal static class {variant.Suffix}"))
            {
                foreach (KernelRow isa in sets.Where(i => i.Rivals.Count > 0))
                {
                    w.Lines($"""
                        // Two kernels that give the same bits; the one that is faster here is kept.
                        private static readonly bool {isa.Condition} = {KernelRaces.Of(isa, sets)};

                        """);
                }

                w.Lines("/// <summary>Gets the instruction set in use here.</summary>");
                w.Lines($"public static string InstructionSet =>{Choose(sets, i => $"\"{i.Title}\"")};\n");
                w.Lines("/// <summary>Gets the order in which the kernel in use here reads codes.</summary>");
                w.Lines($"public static KernelOrder Order =>{Choose(sets, i => i.Name + ".Order")};\n");
                Dispatch(w, sets, variant);
                if (sets.Any(i => i.Kind == ProductKind.Tables))
                {
                    Beside(w, sets.Where(i => i.Kind == ProductKind.Tables), variant);
                }

                // A kernel that stands twice among the sets has other fallbacks the second time.
                var emitted = new HashSet<string>();
                foreach (KernelRow isa in sets)
                {
                    if (emitted.Add(isa.Name))
                    {
                        w.Blank();
                        Kernel(w, isa, variant);
                    }

                    foreach (KernelRow fallback in isa.Fallbacks)
                    {
                        w.Blank();
                        new TileEmitter(fallback, variant).Emit(w);
                    }
                }
            }
        }

        return w.ToString();
    }

    private static void Kernel(SourceWriter w, KernelRow isa, KernelVariant variant)
    {
        switch (isa.Kind)
        {
            case ProductKind.Scalar:
                ScalarKernelEmitter.Emit(w, isa, variant);
                break;
            case ProductKind.PopulationCount:
                PopulationCountEmitter.Emit(w, isa);
                break;
            case ProductKind.Differences:
                new DifferenceEmitter(isa).Emit(w);
                if (isa.HasNarrow)
                {
                    w.Blank();
                    new DifferenceEmitter(isa.Narrow).Emit(w);
                }

                break;
            case ProductKind.Tables:
                TableEmitter.For(isa, variant).Emit(w);
                break;
            default:
                new TileEmitter(isa, variant, isa.OnlyUnpacked(variant.Bits)).Emit(w);
                if (isa.Unpacked(variant.Bits) is KernelRow unpacked)
                {
                    w.Blank();
                    new TileEmitter(unpacked, variant, isUnpacked: true).Emit(w);
                }

                if (isa.HasNarrow)
                {
                    w.Blank();
                    new TileEmitter(isa.Narrow, variant).Emit(w);
                }

                break;
        }
    }

    private static string Details(KernelVariant variant) =>
        (variant.IsInteger ? ", whose outputs are integers" : string.Empty)
        + (variant.HasCenters ? ", ranges of weights as they are" : string.Empty)
        + (variant.HasZeroPoints ? ", weights with zero points" : string.Empty) + (variant.IsGrouped ? ", a scale per group of inputs" : string.Empty);

    private static string Choose(IReadOnlyList<KernelRow> sets, Func<KernelRow, string> value)
    {
        string text = string.Concat(sets.Where(i => i.Condition.Length > 0).Select(i => $"\n    {i.Condition} ? {value(i)} :"));
        return text + " " + value(sets[sets.Count - 1]);
    }

    // What kernels compute stands in the same memory as floats do in other models.
    private static string Number(KernelVariant variant) => variant.IsInteger ? "int" : "float";

    private static string Output(KernelVariant variant) => variant.IsInteger ? "ref Unsafe.As<int, float>(ref output)" : "ref output";

    private static void Dispatch(SourceWriter w, IReadOnlyList<KernelRow> sets, KernelVariant variant)
    {
        int bits = variant.Bits;
        string output = Output(variant);
        w.Lines("/// <summary>Computes a linear layer for some tokens.</summary>");
        using (w.Block($"public static void Linear(in QuantizedRows x, in PlacedLinear w, ref {Number(variant)} output, int outputStride, ref float scratch)"))
        {
            for (int i = 0; i < sets.Count; i++)
            {
                string test = i == 0 ? $"if ({sets[i].Condition})" : sets[i].Condition.Length > 0 ? $"else if ({sets[i].Condition})" : "else";
                using (w.Block(test))
                {
                    if (sets[i].Unpacked(bits) is KernelRow unpacked)
                    {
                        using (w.Block($"if (x.Count >= {sets[i].UnpackingTokens(bits).ToString(CultureInfo.InvariantCulture)})"))
                        {
                            w.Lines($"PanelLoop.RunUnpacked<{sets[i].Name}, {unpacked.Name}>(x, w, {output}, outputStride, ref scratch);");
                            w.Lines("return;");
                        }

                        w.Blank();
                    }

                    string loop = sets[i].Kind == ProductKind.Tables ? "TableLoop.Run" : sets[i].OnlyUnpacked(bits) ? "PanelLoop.RunUnpacked"
                        : sets[i].Fallbacks.Count == 0 ? "PanelLoop.Run" : "PanelLoop.RunClipped";
                    string others = sets[i].OnlyUnpacked(bits) ? ", " + sets[i].Name : sets[i].HasNarrow ? ", " + sets[i].Narrow.Name
                        : string.Concat(sets[i].Fallbacks.Select(other => ", " + other.Name));
                    w.Lines($"{loop}<{sets[i].Name}{others}>(x, w, {output}, outputStride, ref scratch);");
                }
            }
        }
    }

    // Tables of activations serve every layer that reads them; products share nothing.
    private static void Beside(SourceWriter w, IEnumerable<KernelRow> tables, KernelVariant variant)
    {
        string number = Number(variant);
        w.Lines($"""

            /// <summary>Computes two linear layers that read the same activations; their outputs stand side by side.</summary>
            public static void LinearBeside(
                in QuantizedRows x, in PlacedLinear first, in PlacedLinear last, ref {number} output, int outputStride, ref float scratch) =>
                LinearBeside(x, default, first, last, ref output, outputStride, ref scratch);

            /// <summary>
            /// Computes three linear layers that read the same activations, or two when the first is nothing; their outputs stand side by side.
            /// </summary>
            """);
        using (w.Block("public static void LinearBeside(in QuantizedRows x, in PlacedLinear first, in PlacedLinear second, in PlacedLinear last, "
            + $"ref {number} output, int outputStride, ref float scratch)"))
        {
            foreach (KernelRow isa in tables)
            {
                using (w.Block($"if ({isa.Condition})"))
                {
                    w.Lines($"TableLoop.RunBeside<{isa.Name}>(x, first, second, last, {Output(variant)}, outputStride, ref scratch);");
                    w.Lines("return;");
                }

                w.Blank();
            }

            using (w.Block("if (first.Rows > 0)"))
            {
                w.Lines("Linear(x, first, ref output, outputStride, ref scratch);");
            }

            w.Blank();
            w.Lines("Linear(x, second, ref Unsafe.Add(ref output, first.Rows), outputStride, ref scratch);");
            w.Lines("Linear(x, last, ref Unsafe.Add(ref output, first.Rows + second.Rows), outputStride, ref scratch);");
        }
    }
}
