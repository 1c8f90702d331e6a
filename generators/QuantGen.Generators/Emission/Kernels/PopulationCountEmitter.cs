using QuantGen.Linear;

namespace QuantGen.Generators.Emission.Kernels;

/// <summary>Emits the plain loops that define the product of weights and activations of one bit and run where no vectors do.</summary>
internal static class PopulationCountEmitter
{
    public static void Emit(SourceWriter w, KernelRow isa)
    {
        w.Lines("// Plain loops: the definition of this kernel. A panel is one row, as the file has it.");
        using (w.Block($"private readonly struct {isa.Name} : ITileKernel"))
        {
            KernelMembers.Plain(w, isa, "new(1, 1, 1, 1) { MeetsBits = true }");
            w.Lines("""
                public static void Single(in QuantizedRows x, int token, in PlacedLinear w, int row, ref float output)
                {
                    nint bytes = KernelOrder.Pad(w.Columns, KernelOrder.ColumnMultiple) / 8;
                    ref byte a = ref Unsafe.Add(ref x.Codes, (nint)token * x.Stride);
                    ref byte p = ref Unsafe.Add(ref w.Codes, row * bytes);
                    int differences = 0;
                    nint k = 0;
                    for (; k + 8 <= bytes; k += 8)
                    {
                        differences += global::System.Numerics.BitOperations.PopCount(
                            Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref a, k)) ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref p, k)));
                    }

                    if (k < bytes)
                    {
                        differences += global::System.Numerics.BitOperations.PopCount(
                            Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref a, k)) ^ Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref p, k)));
                    }

                    // Of -1 and +1 as many products are -1 as bits differ.
                    int sum = w.Columns - (2 * differences);
                    output = LinearEpilogue.Finish(LinearEpilogue.GroupTerm(sum, x, token, w, row, 0), x, token, w, row);
                }
                """);
        }
    }
}
