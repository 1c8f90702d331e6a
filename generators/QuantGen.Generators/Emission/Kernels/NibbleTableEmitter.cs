using QuantGen.Linear;

namespace QuantGen.Generators.Emission.Kernels;

/// <summary>Tables of 16 sums of four activations, each cut into two halves of five bits that fit the byte lanes of 256-bit vectors; weights of one
/// bit.</summary>
internal sealed class NibbleTableEmitter(KernelRow isa, KernelVariant variant) : TableEmitter(isa, variant)
{
    // After eight tables a byte lane holds at most 8 * 31.
    private const int WordsPerRound = 4;
    private const int WordBytes = 64;

    protected override string Order => "Nibbles";

    protected override string Bound => """
        // AVX2: the sums of four activations, at most 1,020, are computed once for all 16 choices of four one-bit weights and then looked up by every output,
        // the low and the high five bits apart. Eight of them fit a byte lane (248 <= 255), 64 whole sums fit 16 bits without a sign: 65,280 <= 65,535.
        """;

    protected override void Build(SourceWriter w) => w.Lines($$"""
        {{TileEmitter.CompileFully}}
        public static void Build(ref byte activations, int words, ref byte tables, int stride)
        {
            // The bits of a lane's number choose among activations 0 and 1, and among 2 and 3.
            Vector256<sbyte> first = Vector256.Create(0x0101_0100_0001_0000UL).AsSByte();
            Vector256<sbyte> second = Vector256.Create(0x0000000000000000UL, 0x0001000100010001UL, 0x0100010001000100UL, 0x0101010101010101UL).AsSByte();
            for (int group = 0; group < 2 * words; group++)
            {
                Vector256<byte> a = Vector256.Create(Unsafe.ReadUnaligned<ushort>(ref activations)).AsByte();
                Vector256<byte> b = Vector256.Create(Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref activations, 2))).AsByte();
                Vector256<short> sum = Avx2.MultiplyAddAdjacent(a, first) + Avx2.MultiplyAddAdjacent(b, second);
                Vector256<byte> halves = Avx2.PackUnsignedSaturate(sum & Vector256.Create((short)31), sum >>> 5);
                Avx2.Permute4x64(halves.AsUInt64(), 0b11_01_10_00).AsByte().StoreUnsafe(ref tables);
                activations = ref Unsafe.Add(ref activations, 4);
                tables = ref Unsafe.Add(ref tables, (group & 1) == 0 ? 32 : stride - 32);
            }
        }
        """);

    protected override void Body(SourceWriter w, int tokens, int vectors)
    {
        Each(tokens, vectors, (m, v) => w.Lines($"""
            Vector256<short> first{N(m)}{N(v)} = Vector256<short>.Zero;
            Vector256<short> second{N(m)}{N(v)} = Vector256<short>.Zero;
            """));
        using (w.Block($"for (int word = 0; word < words; word += {N(WordsPerRound)})"))
        {
            Each(tokens, vectors, (m, v) => w.Lines($"""
                Vector256<byte> low{N(m)}{N(v)} = Vector256<byte>.Zero;
                Vector256<byte> high{N(m)}{N(v)} = Vector256<byte>.Zero;
                """));
            w.Lines("Prefetch.Line(ref ahead, 0);");
            if (vectors == 2)
            {
                w.Lines("""
                    Prefetch.Line(ref ahead, 64);
                    Prefetch.Line(ref ahead, 128);
                    Prefetch.Line(ref ahead, 192);
                    """);
            }

            for (int word = 0; word < WordsPerRound; word++)
            {
                Word(w, tokens, vectors, word);
            }

            Each(tokens, vectors, (m, v) => w.Lines($"""
                first{N(m)}{N(v)} += Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(low{N(m)}{N(v)}, high{N(m)}{N(v)}), Vector256.Create((short)0x2001).AsSByte());
                second{N(m)}{N(v)} += Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(low{N(m)}{N(v)}, high{N(m)}{N(v)}), Vector256.Create((short)0x2001).AsSByte());
                """));
            w.Lines($"""
                codes = ref Unsafe.Add(ref codes, {N(WordsPerRound * vectors * 32)});
                ahead = ref Unsafe.Add(ref ahead, {N(WordsPerRound * vectors * 32)});
                tables = ref Unsafe.Add(ref tables, {N(WordsPerRound * tokens * WordBytes)});
                """);
        }

        Each(tokens, vectors, (m, v) => w.Lines($"""
            Widen(first{N(m)}{N(v)}, {Sums(m, v * 32)}, isFirst);
            Widen(second{N(m)}{N(v)}, {Sums(m, (v * 32) + 16)}, isFirst);
            """));
    }

    protected override void Parts(SourceWriter w) => w.Lines("""

        // Weights are -1 and +1, so that a set bit counts 2.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Widen(Vector256<short> outputs, ref int sums, bool isFirst) => Add(
            Vector256.WidenLower(outputs.AsUInt16()).AsInt32() << 1, Vector256.WidenUpper(outputs.AsUInt16()).AsInt32() << 1, ref sums, isFirst);

        // A table of 16 bytes in both halves of a vector.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<byte> Table(ref byte tables, nuint at)
        {
            Vector128<byte> half = Vector128.LoadUnsafe(ref tables, at);
            return Vector256.Create(half, half);
        }
        """);

    private static void Word(SourceWriter w, int tokens, int vectors, int word)
    {
        for (int v = 0; v < vectors; v++)
        {
            w.Lines($"Vector256<byte> i{N(word)}{N(v)} = Vector256.LoadUnsafe(ref codes, {N(((word * vectors) + v) * 32)});");
        }

        for (int group = 0; group < 2; group++)
        {
            string name = N(word) + N(group);
            for (int v = 0; v < vectors; v++)
            {
                string shifted = group == 0 ? $"i{N(word)}{N(v)}" : $"(i{N(word)}{N(v)}.AsUInt16() >>> 4).AsByte()";
                w.Lines($"Vector256<byte> j{name}{N(v)} = {shifted} & Vector256.Create((byte)15);");
            }

            for (int m = 0; m < tokens; m++)
            {
                int at = (((word * tokens) + m) * WordBytes) + (group * 32);
                w.Lines($"""
                    Vector256<byte> low{name}Of{N(m)} = Table(ref tables, {N(at)});
                    Vector256<byte> high{name}Of{N(m)} = Table(ref tables, {N(at + 16)});
                    """);
                for (int v = 0; v < vectors; v++)
                {
                    w.Lines($"""
                        low{N(m)}{N(v)} += Avx2.Shuffle(low{name}Of{N(m)}, j{name}{N(v)});
                        high{N(m)}{N(v)} += Avx2.Shuffle(high{name}Of{N(m)}, j{name}{N(v)});
                        """);
                }
            }
        }
    }
}
