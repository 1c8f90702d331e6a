using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using QuantGen.Specs;

namespace QuantGen.Linear;

/// <summary>Multiplies what <see cref="PairClipper"/> clipped from a panel by the activations: what the kernel's sums begin with.</summary>
/// <remarks>
/// Four neighbouring activations of a token are a word. With the words of tokens side by side an entry of the list is one product of bytes for a vector of
/// tokens, and no pair of them leaves 16 bits. Only processors with AVX2 clip.
/// </remarks>
internal static class ExcessSums
{
    // Vectors of sums at once.
    private const int AtOnce = 4;

    private static bool Is512 => Vector512.IsHardwareAccelerated && Avx512BW.IsSupported;

    /// <summary>Gets the words from an output's sums, or an input's activations, to the next where tokens stand side by side.</summary>
    /// <param name="tokens">How many tokens.</param>
    public static int Stride(int tokens) => PanelPadding.Pad(tokens, PanelPadding.ExcessTokenMultiple);

    /// <summary>Brings activations of tokens side by side.</summary>
    /// <param name="x">The activations.</param>
    /// <param name="columns">Inputs, a multiple of 32.</param>
    /// <param name="words">Receives [<paramref name="columns"/> / 4, <see cref="Stride"/>] words.</param>
    public static void Arrange(in QuantizedRows x, int columns, ref int words) =>
        Transposition.Words(ref Unsafe.As<byte, int>(ref x.Codes), x.Stride / 4, x.Count, columns / 4, ref words, Stride(x.Count));

    /// <summary>Computes the beginnings of a panel's sums.</summary>
    /// <param name="tokens">How many tokens.</param>
    /// <param name="words">What <see cref="Arrange"/> made of their activations.</param>
    /// <param name="excess">The panel's list, which has entries.</param>
    /// <param name="outputs">Outputs of the panel, a multiple of 8.</param>
    /// <param name="starts">Receives a number for each token, up to <see cref="Stride"/>, and output.</param>
    /// <param name="sums">Memory for a number for each output and token.</param>
    public static void Fill(int tokens, ref int words, ref int excess, int outputs, ref int starts, ref int sums)
    {
        int stride = Stride(tokens);
        if (Is512)
        {
            SideBySide<Words512>(ref words, stride, ref excess, outputs, ref sums);
        }
        else
        {
            SideBySide<Words256>(ref words, stride, ref excess, outputs, ref sums);
        }

        Transposition.Words(ref sums, stride, outputs, PanelPadding.Pad(tokens, 8), ref starts, outputs);
    }

    // An output's sums stay in registers while its entries, which follow each other, go by.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SideBySide<TWords>(ref int words, nint stride, ref int excess, int outputs, ref int sums)
        where TWords : struct, IWords<TWords>
    {
        ref int entry = ref Unsafe.Add(ref excess, PairClipper.HeaderWords);
        ref int end = ref Unsafe.Add(ref entry, 2 * excess);
        for (int output = 0; output < outputs; output++)
        {
            ref int next = ref entry;
            while (Unsafe.IsAddressLessThan(ref next, ref end) && Unsafe.Add(ref next, 1) >> 16 == output)
            {
                next = ref Unsafe.Add(ref next, 2);
            }

            ref int target = ref Unsafe.Add(ref sums, output * stride);
            nint token = 0;
            for (; token + (AtOnce * TWords.Count) <= stride; token += AtOnce * TWords.Count)
            {
                Four<TWords>(ref Unsafe.Add(ref words, token), stride, ref entry, ref next, ref Unsafe.Add(ref target, token));
            }

            for (; token < stride; token += TWords.Count)
            {
                One<TWords>(ref Unsafe.Add(ref words, token), stride, ref entry, ref next, ref Unsafe.Add(ref target, token));
            }

            entry = ref next;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four<TWords>(ref int words, nint stride, ref int entry, ref int end, ref int target)
        where TWords : struct, IWords<TWords>
    {
        TWords sum0 = default;
        TWords sum1 = default;
        TWords sum2 = default;
        TWords sum3 = default;
        for (; Unsafe.IsAddressLessThan(ref entry, ref end); entry = ref Unsafe.Add(ref entry, 2))
        {
            TWords missing = TWords.Broadcast(entry);
            ref int source = ref Unsafe.Add(ref words, (Unsafe.Add(ref entry, 1) & 0xFFFF) * stride);
            sum0 = TWords.Add(sum0, ref source, missing);
            sum1 = TWords.Add(sum1, ref Unsafe.Add(ref source, TWords.Count), missing);
            sum2 = TWords.Add(sum2, ref Unsafe.Add(ref source, 2 * TWords.Count), missing);
            sum3 = TWords.Add(sum3, ref Unsafe.Add(ref source, 3 * TWords.Count), missing);
        }

        TWords.Store(sum0, ref target);
        TWords.Store(sum1, ref Unsafe.Add(ref target, TWords.Count));
        TWords.Store(sum2, ref Unsafe.Add(ref target, 2 * TWords.Count));
        TWords.Store(sum3, ref Unsafe.Add(ref target, 3 * TWords.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void One<TWords>(ref int words, nint stride, ref int entry, ref int end, ref int target)
        where TWords : struct, IWords<TWords>
    {
        TWords sum = default;
        for (; Unsafe.IsAddressLessThan(ref entry, ref end); entry = ref Unsafe.Add(ref entry, 2))
        {
            sum = TWords.Add(sum, ref Unsafe.Add(ref words, (Unsafe.Add(ref entry, 1) & 0xFFFF) * stride), TWords.Broadcast(entry));
        }

        TWords.Store(sum, ref target);
    }

    /// <summary>Words of four activations, of some tokens, or their products with what is missing.</summary>
    private interface IWords<TSelf>
        where TSelf : struct, IWords<TSelf>
    {
        /// <summary>Gets how many.</summary>
        static abstract int Count { get; }

        /// <summary>Makes all words the same.</summary>
        static abstract TSelf Broadcast(int word);

        /// <summary>Adds products.</summary>
        static abstract TSelf Add(TSelf sum, ref int activations, TSelf missing);

        /// <summary>Writes all.</summary>
        static abstract void Store(TSelf words, ref int target);
    }

    private readonly struct Words512(Vector512<int> value) : IWords<Words512>
    {
        private readonly Vector512<int> _value = value;

        public static int Count => 16;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Words512 Broadcast(int word) => new(Vector512.Create(word));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Words512 Add(Words512 sum, ref int activations, Words512 missing) => new(sum._value + Avx512BW.MultiplyAddAdjacent(
            Avx512BW.MultiplyAddAdjacent(Vector512.LoadUnsafe(ref activations).AsByte(), missing._value.AsSByte()), Vector512<short>.One));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(Words512 words, ref int target) => words._value.StoreUnsafe(ref target);
    }

    private readonly struct Words256(Vector256<int> value) : IWords<Words256>
    {
        private readonly Vector256<int> _value = value;

        public static int Count => 8;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Words256 Broadcast(int word) => new(Vector256.Create(word));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Words256 Add(Words256 sum, ref int activations, Words256 missing) => new(sum._value + Avx2.MultiplyAddAdjacent(
            Avx2.MultiplyAddAdjacent(Vector256.LoadUnsafe(ref activations).AsByte(), missing._value.AsSByte()), Vector256<short>.One));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(Words256 words, ref int target) => words._value.StoreUnsafe(ref target);
    }
}
