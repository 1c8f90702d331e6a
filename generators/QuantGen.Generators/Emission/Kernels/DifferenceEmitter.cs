using System.Globalization;
using QuantGen.Linear;

namespace QuantGen.Generators.Emission.Kernels;

/// <summary>
/// Emits a kernel for weights and activations of one bit: how many of a few bits differ is looked up in a constant table, a row of it for each choice of
/// activations. The width of vectors and tables is a parameter.
/// </summary>
internal sealed class DifferenceEmitter(KernelRow isa)
{
    // Inputs whose differences a byte lane counts before it is widened.
    private const int RoundInputs = 192;

    // Of an index, and of the bytes in a row of its table, too.
    private int IndexBits => Is512 ? 6 : 4;

    private bool Is512 => isa.Vector == "Vector512";

    // Whole bytes of activation bits that are read at once, and the indices in them.
    private int ReadBytes => Is512 ? 3 : 4;

    private int Indices => ReadBytes * 8 / IndexBits;

    // Indices that a byte of weights holds.
    private int IndicesPerByte => Is512 ? 1 : 2;

    private int Lanes => EpilogueEmitter.Lanes(isa);

    private string V => isa.Vector;

    public void Emit(SourceWriter w)
    {
        string indices = Is512 ? ", HasIndices = true" : string.Empty;
        string order = $"new(1, {N(isa.VectorOutputs)}, {N(isa.Interleave)}, {N(isa.PanelVectors)}) {{ MeetsBits = true{indices} }}";
        w.Lines($$"""
            // {{isa.Title}}: how many of {{N(IndexBits)}} bits differ is looked up in a row of a constant table, the same for all outputs. A byte lane counts
            // at most {{N(RoundInputs)}} before it is widened to 16 bits without a sign, which hold the differences of 65,535 inputs.
            """);
        using (w.Block($"private readonly struct {isa.Name} : ITileKernel"))
        {
            KernelMembers.Unrolled(w, isa, order, (signature, tokens) => Method(w, signature, tokens));
            Count(w);
            Finish(w);
            if (V == "Vector256")
            {
                Row(w);
            }
        }
    }

    private static string N(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Output(int token) => token == 0 ? "ref output" : $"ref Unsafe.Add(ref output, {N(token)} * (nint)outputStride)";

    private void Method(SourceWriter w, string signature, int tokens)
    {
        w.Lines(TileEmitter.CompileFully);
        using (w.Block(signature))
        {
            w.Lines($"""
                nint bytes = Order.PanelBytes({(Is512 ? "w.Columns" : "KernelOrder.Pad(w.Columns, KernelOrder.ColumnMultiple)")});
                ref byte p = ref Unsafe.Add(ref w.Codes, row / {N(isa.PanelOutputs)} * bytes);
                nint end = bytes / {N(isa.PanelOutputs)}{(Is512 ? " / 4 * 3" : string.Empty)};
                ref byte table = ref DifferenceTables.{(Is512 ? "OfSix" : "OfFour")};
                ref byte a0 = ref Unsafe.Add(ref x.Codes, (nint)token * x.Stride);
                """);
            for (int m = 1; m < tokens; m++)
            {
                w.Lines($"ref byte a{N(m)} = ref Unsafe.Add(ref a{N(m - 1)}, x.Stride);");
            }

            w.Lines("nint k = 0;");
            using (w.Block("while (k < end)"))
            {
                w.Lines($"""
                    bool isFirst = k == 0;
                    nint roundEnd = Math.Min(k + {N(RoundInputs / 8)}, end);
                    """);
                Each(tokens, (m, v) => w.Lines($"{V}<byte> s{N(m)}{N(v)} = {V}<byte>.Zero;"));
                using (w.Block($"for (; k < roundEnd; k += {N(ReadBytes)})"))
                {
                    Read(w, tokens);
                }

                w.Blank();
                w.Lines("// Counts stand where the outputs will.");
                Each(tokens, (m, v) => w.Lines(
                    $"Count(s{N(m)}{N(v)}, ref Unsafe.As<float, ushort>({Output(m)}), {N(v * isa.VectorOutputs)}, isFirst);"));
            }

            w.Blank();
            for (int m = 0; m < tokens; m++)
            {
                string at = m == 0 ? "token" : $"token + {N(m)}";
                w.Lines($"Finish(w, row, Unsafe.Add(ref x.ZeroPoints, {at}), Unsafe.Add(ref x.Scales, {at}), {Output(m)});");
            }
        }
    }

    // The bits of all tokens, then index after index: weights are loaded once for all tokens, a table's row once for all outputs.
    private void Read(SourceWriter w, int tokens)
    {
        for (int m = 0; m < tokens; m++)
        {
            w.Lines($"uint b{N(m)} = Unsafe.ReadUnaligned<uint>(ref Unsafe.AddByteOffset(ref a{N(m)}, k));");
        }

        for (int index = 0; index < Indices; index++)
        {
            w.Lines($"// Bits {N(index * IndexBits)} to {N((index * IndexBits) + IndexBits - 1)}.");
            Weights(w, index);
            for (int m = 0; m < tokens; m++)
            {
                w.Lines($"{V}<byte> t{N(index)}{N(m)} = {Table($"b{N(m)}", index)};");
                for (int v = 0; v < isa.PanelVectors; v++)
                {
                    w.Lines($"s{N(m)}{N(v)} += {isa.Intrinsics}.{LookUp}(t{N(index)}{N(m)}, i{N(index)}{N(v)});");
                }
            }
        }

        w.Lines($"p = ref Unsafe.Add(ref p, {N(Indices / IndicesPerByte * isa.PanelOutputs)});");
    }

    private void Weights(SourceWriter w, int index)
    {
        for (int v = 0; v < isa.PanelVectors; v++)
        {
            int at = (index / IndicesPerByte * isa.PanelOutputs) + (v * isa.VectorOutputs);
            string name = $"i{N(index)}{N(v)}";
            if (IndicesPerByte == 1)
            {
                w.Lines($"{V}<byte> {name} = {V}.LoadUnsafe(ref p, {N(at)});");
                continue;
            }

            string pair = $"w{N(index / 2)}{N(v)}";
            if (index % 2 == 0)
            {
                w.Lines($"{V}<byte> {pair} = {V}.LoadUnsafe(ref p, {N(at)});");
            }

            w.Lines($"{V}<byte> {name} = {(index % 2 == 0 ? pair : $"({pair}.AsUInt16() >>> 4).AsByte()")} & {V}.Create((byte)15);");
        }
    }

    private string LookUp => V switch { "Vector512" => "PermuteVar64x8", "Vector256" => "Shuffle", _ => "ShuffleNative" };

    // A row has as many bytes as an index has values, so that one shift gives its place.
    private string Table(string bits, int index)
    {
        int shift = (index * IndexBits) - IndexBits;
        string shifted = shift < 0 ? $"({bits} << {N(-shift)})" : shift == 0 ? bits : $"({bits} >> {N(shift)})";
        string place = $"{shifted} & 0x{((1 << IndexBits) - 1) << IndexBits:X}";
        return V == "Vector256" ? $"Row(ref table, {place})" : $"{V}.LoadUnsafe(ref table, {place})";
    }

    private void Each(int tokens, Action<int, int> action)
    {
        for (int m = 0; m < tokens; m++)
        {
            for (int v = 0; v < isa.PanelVectors; v++)
            {
                action(m, v);
            }
        }
    }

    private void Count(SourceWriter w) => w.Lines($$"""

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Count({{V}}<byte> differences, ref ushort counts, nuint at, bool isFirst)
        {
            {{V}}<ushort> lower = {{V}}.WidenLower(differences);
            {{V}}<ushort> upper = {{V}}.WidenUpper(differences);
            if (!isFirst)
            {
                lower += {{V}}.LoadUnsafe(ref counts, at);
                upper += {{V}}.LoadUnsafe(ref counts, at + {{N(isa.VectorOutputs / 2)}});
            }

            lower.StoreUnsafe(ref counts, at);
            upper.StoreUnsafe(ref counts, at + {{N(isa.VectorOutputs / 2)}});
        }
        """);

    private void Finish(SourceWriter w)
    {
        w.Lines("\n// All counts of a token are read before the first of its outputs is written.");
        w.Lines(TileEmitter.CompileFully);
        using (w.Block("private static void Finish(in PlacedLinear w, int row, int zero, float scale, ref float output)"))
        {
            w.Lines("ref ushort counts = ref Unsafe.As<float, ushort>(ref output);");
            int halves = 2 * isa.PanelVectors;
            for (int i = 0; i < halves; i++)
            {
                w.Lines($"{V}<ushort> c{N(i)} = {V}.LoadUnsafe(ref counts, {N(i * 2 * Lanes)});");
            }

            for (int i = 0; i < halves; i++)
            {
                w.Lines($"""
                    Outputs({V}.WidenLower(c{N(i)}), w, row + {N(i * 2 * Lanes)}, zero, scale, ref Unsafe.Add(ref output, {N(i * 2 * Lanes)}));
                    Outputs({V}.WidenUpper(c{N(i)}), w, row + {N(((i * 2) + 1) * Lanes)}, zero, scale, ref Unsafe.Add(ref output, {N(((i * 2) + 1) * Lanes)}));
                    """);
            }
        }

        w.Lines($$"""

            // Sums of -1 and +1 from counts, zero points undone in integers (0 or -1: a mask multiplies), converted once, scaled by row and token, the bias
            // added unfused.
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            private static void Outputs({{V}}<uint> counts, in PlacedLinear w, int row, int zero, float scale, ref float output)
            {
                {{V}}<int> sums = {{V}}.Create(w.Columns) - (counts.AsInt32() << 1) + ({{V}}.LoadUnsafe(ref w.Sums, (nuint)row) & {{V}}.Create(zero));
                {{V}}<float> terms = {{V}}.ConvertToSingle(sums) * {{V}}.LoadUnsafe(ref w.Scales, (nuint)row);
                ((terms * scale) + {{V}}.LoadUnsafe(ref w.Bias, (nuint)row)).StoreUnsafe(ref output);
            }
            """);
    }

    private static void Row(SourceWriter w) => w.Lines("""

        // A row of 16 bytes in both halves of a vector.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<byte> Row(ref byte table, nuint at)
        {
            Vector128<byte> half = Vector128.LoadUnsafe(ref table, at);
            return Vector256.Create(half, half);
        }
        """);
}
