using QuantGen.Linear;

namespace QuantGen.Generators.Emission.Kernels;

/// <summary>Tables of 64 sums of six activations, in 16-bit lanes of 512-bit vectors; weights of one bit or of two planes of one bit.</summary>
internal sealed class WordTableEmitter(KernelRow isa, KernelVariant variant) : TableEmitter(isa, variant)
{
    private const int WordBytes = 256;
    private const int Registers = 32;

    protected override string Order => Planes == 1 ? "Words1" : "Words2";

    protected override string Bound => """
        // AVX-512BW: the sums of six activations are computed once for all 64 choices of six one-bit weights and then looked up by every output.
        // A sum is at most 6 * 255, and 32 of them fit 16 bits without a sign: 48,960 <= 65,535.
        """;

    // Entry e of a table is the sum of the activations whose bits are set in e; bits stand in the order 4, 0, 1, 2, 3, 5.
    protected override void Build(SourceWriter w) => w.Lines($$"""
        {{TileEmitter.CompileFully}}
        public static void Build(ref byte activations, int words, ref byte tables, int stride)
        {
            // Of the pair of lanes i the first adds activations 0 and 1, the second 2 and 3, by the bits of i.
            Vector512<sbyte> four = Vector512.Create(
                0x00000000, 0x00000001, 0x00000100, 0x00000101, 0x00010000, 0x00010001, 0x00010100, 0x00010101,
                0x01000000, 0x01000001, 0x01000100, 0x01000101, 0x01010000, 0x01010001, 0x01010100, 0x01010101).AsSByte();

            // The second lane of a pair adds activation 4, the second half of a table activation 5.
            Vector512<sbyte> low = Vector512.Create(0x00010000).AsSByte();
            Vector512<sbyte> high = Vector512.Create(0x01010100).AsSByte();
            for (int group = 0; group < 2 * words; group++)
            {
                Vector512<byte> a = Vector512.Create(Unsafe.ReadUnaligned<uint>(ref activations)).AsByte();
                Vector512<byte> b = Vector512.Create(Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref activations, 4))).AsByte();
                Vector512<uint> halves = Avx512BW.MultiplyAddAdjacent(a, four).AsUInt32();
                Vector512<short> sum = halves.AsInt16() + Avx512F.RotateLeft(halves, 16).AsInt16();
                (sum + Avx512BW.MultiplyAddAdjacent(b, low)).AsByte().StoreUnsafe(ref tables);
                (sum + Avx512BW.MultiplyAddAdjacent(b, high)).AsByte().StoreUnsafe(ref tables, 64);
                activations = ref Unsafe.Add(ref activations, 6);
                tables = ref Unsafe.Add(ref tables, (group & 1) == 0 ? 128 : stride - 128);
            }
        }
        """);

    protected override void Body(SourceWriter w, int tokens, int vectors)
    {
        Each(tokens, vectors, (m, v) => w.Lines($"Vector512<ushort> s{N(m)}{N(v)} = Vector512<ushort>.Zero;"));
        string last = $"s{N(tokens - 1)}{N(vectors - 1)}";
        bool isCrowded = IsCrowded(tokens, vectors);
        if (isCrowded)
        {
            w.Lines($"""

                // One sum more than there are registers. Where the compiler would put it on the stack it may straddle two cache lines,
                // and a pass took up to 40% longer.
                ref byte kept = ref Unsafe.Add(ref tables, PanelPadding.TableBytes);
                {last}.AsByte().StoreUnsafe(ref kept);
                """);
        }

        using (w.Block("for (int word = 0; word < words; word++)"))
        {
            for (int v = 0; v < vectors; v++)
            {
                w.Lines($"""
                    Vector512<ushort> i{N(v)} = Vector512.LoadUnsafe(ref codes, {N(v * 64)}).AsUInt16();
                    Prefetch.Line(ref ahead, {N(v * 64)});
                    """);
            }

            LookUp(w, tokens, vectors, 0);
            w.Lines("\n// The second index of a word; a multiplication shifts on another port than look-ups run on.");
            for (int v = 0; v < vectors; v++)
            {
                w.Lines($"i{N(v)} = Avx512BW.MultiplyHigh(i{N(v)}, Vector512.Create((ushort)1024));");
            }

            LookUp(w, tokens, vectors, 1);
            w.Lines($"""
                codes = ref Unsafe.Add(ref codes, {N(vectors * 64)});
                ahead = ref Unsafe.Add(ref ahead, {N(vectors * 64)});
                tables = ref Unsafe.Add(ref tables, {N(tokens * WordBytes)});
                """);
        }

        if (isCrowded)
        {
            w.Lines($"{last} = Vector512.LoadUnsafe(ref kept).AsUInt16();");
        }

        for (int m = 0; m < tokens; m++)
        {
            // In a panel planes stand one after the other.
            int granules = vectors / Planes;
            for (int v = 0; v < granules; v++)
            {
                w.Lines($"Add({Widened("Even", m, v, granules)}, {Widened("Odd", m, v, granules)}, {Sums(m, v * 32)}, isFirst);");
            }
        }
    }

    protected override void Parts(SourceWriter w) => w.Lines("""

        // Even and odd lanes are runs of sixteen outputs.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<int> Even(Vector512<ushort> sums) => sums.AsInt32() & Vector512.Create(0xFFFF);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<int> Odd(Vector512<ushort> sums) => sums.AsInt32() >>> 16;
        """);

    // Sums and indexes, the two halves of a table and what a look-up overwrites.
    private static bool IsCrowded(int tokens, int vectors) => (tokens * vectors) + vectors + 3 > Registers;

    private static void LookUp(SourceWriter w, int tokens, int vectors, int group)
    {
        for (int m = 0; m < tokens; m++)
        {
            int at = (m * WordBytes) + (group * 128);
            string table = N(m) + N(group);
            w.Lines($"""
                Vector512<ushort> low{table} = Vector512.LoadUnsafe(ref tables, {N(at)}).AsUInt16();
                Vector512<ushort> high{table} = Vector512.LoadUnsafe(ref tables, {N(at + 64)}).AsUInt16();
                """);
            for (int v = 0; v < vectors; v++)
            {
                string entries = $"Avx512BW.PermuteVar32x16x2(low{table}, i{N(v)}, high{table})";
                w.Lines(m == tokens - 1 && v == vectors - 1 && IsCrowded(tokens, vectors)
                    ? $"(Vector512.LoadUnsafe(ref kept).AsUInt16() + {entries}).AsByte().StoreUnsafe(ref kept);"
                    : $"s{N(m)}{N(v)} += {entries};");
            }
        }
    }

    // Planes count 1 and 2, and a single plane 2, because its weights are -1 and +1.
    private string Widened(string half, int m, int v, int granules) => Planes == 1
        ? $"{half}(s{N(m)}{N(v)}) << 1"
        : $"{half}(s{N(m)}{N(v)}) + ({half}(s{N(m)}{N(v + granules)}) << 1)";
}
