using System.Runtime.CompilerServices;

namespace QuantGen.Kernels;

/// <summary>Attention of one head over one sequence that keeps what a backward pass needs, and that backward pass.</summary>
/// <remarks>The forward pass computes scores, probabilities and contexts as <see cref="Attention"/> does, bit for bit, when nothing is dropped.</remarks>
internal static class AttentionTraining
{
    /// <summary>Computes how much scratch memory both passes need.</summary>
    /// <param name="length">The longest sequence, in tokens.</param>
    /// <param name="headSize">The head's dimensions.</param>
    public static long ScratchFloats(int length, int headSize)
    {
        long keys = RoundUp(length);
        long columns = RoundUp(headSize);
        return (keys * (headSize + columns)) + (2 * keys * keys) + (keys * columns);
    }

    /// <summary>Computes contexts.</summary>
    /// <param name="head">Where the head's operands are.</param>
    /// <param name="scale">Multiplies the scores.</param>
    /// <param name="mask">Which probabilities are dropped.</param>
    /// <param name="element">The number of the first score among all of the batch.</param>
    /// <param name="scores">Receives the scores, [length, length].</param>
    /// <param name="probabilities">Receives the probabilities before dropout, [length, length].</param>
    /// <param name="context">Receives the first token's context.</param>
    /// <param name="contextStride">Elements from token to token.</param>
    /// <param name="scratch">Memory.</param>
    public static void Forward<TLanes>(
        in AttentionHead head, float scale, DropoutMask mask, long element, ref float scores, ref float probabilities,
        ref float context, nint contextStride, ref float scratch)
        where TLanes : struct, ILanes<TLanes>
    {
        int length = head.Length;
        int keys = RoundUp(length);
        int columns = RoundUp(head.Size);
        ref float panels = ref scratch;
        ref float weights = ref Unsafe.Add(ref panels, keys * (nint)Math.Max(head.Size, columns));
        ref float padded = ref Unsafe.Add(ref weights, keys * (nint)keys);
        AttentionPanels.PackKeys(ref head.Key, head.Stride, length, head.Size, ref panels, keys);
        TileProduct.Run<TLanes>(ref head.Query, head.Stride, length, head.Size, ref panels, keys, scale, ref weights, keys);
        for (int i = 0; i < length; i++)
        {
            ref float row = ref Unsafe.Add(ref weights, i * (nint)keys);
            Copy(ref row, ref Unsafe.Add(ref scores, i * (nint)length), length);

            // Keys that only fill the last vector get weight 0, which changes no sum.
            Fill(ref Unsafe.Add(ref row, length), keys - length, float.NegativeInfinity);
        }

        Softmax.Run<TLanes>(ref weights, keys, length, keys);
        for (int i = 0; i < length; i++)
        {
            ref float row = ref Unsafe.Add(ref weights, i * (nint)keys);
            Copy(ref row, ref Unsafe.Add(ref probabilities, i * (nint)length), length);
            if (!mask.IsEmpty)
            {
                mask.Apply(ref row, ref row, element + (i * (long)length), length);
            }
        }

        AttentionPanels.PackValues(ref head.Value, head.Stride, length, head.Size, ref panels, columns);
        TileProduct.Run<TLanes>(ref weights, keys, length, length, ref panels, columns, 1f, ref padded, columns);
        for (int i = 0; i < length; i++)
        {
            Copy(ref Unsafe.Add(ref padded, i * (nint)columns), ref Unsafe.Add(ref context, i * contextStride), head.Size);
        }
    }

    /// <summary>Computes the gradients of query, key and value.</summary>
    /// <param name="head">Where the head's operands are.</param>
    /// <param name="gradients">Where their gradients go.</param>
    /// <param name="scale">Multiplies the scores.</param>
    /// <param name="mask">Which probabilities were dropped.</param>
    /// <param name="element">The number of the first score among all of the batch.</param>
    /// <param name="scoreGradients">Gradients of the scores that the loss has itself, [length, length]; a null reference for none.</param>
    /// <param name="probabilities">The probabilities before dropout, [length, length].</param>
    /// <param name="context">The gradient of the first token's context.</param>
    /// <param name="contextStride">Elements from token to token.</param>
    /// <param name="scratch">Memory.</param>
    public static void Backward<TLanes>(
        in AttentionHead head, in AttentionHead gradients, float scale, DropoutMask mask, long element, ref float scoreGradients, ref float probabilities,
        ref float context, nint contextStride, ref float scratch)
        where TLanes : struct, ILanes<TLanes>
    {
        int length = head.Length;
        int keys = RoundUp(length);
        int columns = RoundUp(head.Size);
        ref float panels = ref scratch;
        ref float slopes = ref Unsafe.Add(ref panels, keys * (nint)Math.Max(head.Size, columns));
        ref float dropped = ref Unsafe.Add(ref slopes, keys * (nint)keys);

        // Gradients of the probabilities, dC V^T, then of the scores.
        AttentionPanels.PackKeys(ref head.Value, head.Stride, length, head.Size, ref panels, keys);
        TileProduct.Run<TLanes>(ref context, contextStride, length, head.Size, ref panels, keys, 1f, ref slopes, keys);
        for (int i = 0; i < length; i++)
        {
            nint at = i * (nint)length;
            ref float row = ref Unsafe.Add(ref slopes, i * (nint)keys);
            ref float kept = ref Unsafe.Add(ref dropped, i * (nint)keys);
            ref float weights = ref Unsafe.Add(ref probabilities, at);
            Copy(ref weights, ref kept, length);
            if (!mask.IsEmpty)
            {
                mask.Apply(ref row, ref row, element + at, length);
                mask.Apply(ref kept, ref kept, element + at, length);
            }

            ScoreRow<TLanes>(ref row, ref weights, ref Unsafe.IsNullRef(ref scoreGradients) ? ref scoreGradients : ref Unsafe.Add(ref scoreGradients, at), scale, length);
        }

        // dV = P^T dC, dQ = dS K, dK = dS^T Q; the scale is in dS already.
        AttentionPanels.PackValues(ref context, contextStride, length, head.Size, ref panels, columns);
        MatrixProduct.Run<TLanes>(ProductRows.Transposed(ref dropped, keys), length, length, ref panels, head.Size, ref gradients.Value, gradients.Stride, false);
        AttentionPanels.PackValues(ref head.Key, head.Stride, length, head.Size, ref panels, columns);
        MatrixProduct.Run<TLanes>(ProductRows.Stored(ref slopes, keys), length, length, ref panels, head.Size, ref gradients.Query, gradients.Stride, false);
        AttentionPanels.PackValues(ref head.Query, head.Stride, length, head.Size, ref panels, columns);
        MatrixProduct.Run<TLanes>(ProductRows.Transposed(ref slopes, keys), length, length, ref panels, head.Size, ref gradients.Key, gradients.Stride, false);
    }

    // dS = scale * (P (dP - sum(dP P)) + what the loss asks of the scores).
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void ScoreRow<TLanes>(ref float slopes, ref float weights, ref float own, float scale, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes sum = TLanes.Broadcast(0f);
        for (int i = 0; i < count; i += 16)
        {
            int lanes = Math.Min(16, count - i);
            TLanes.Accumulate(ref sum, LanesTail.LoadUpTo<TLanes>(ref slopes, i, lanes), LanesTail.LoadUpTo<TLanes>(ref weights, i, lanes));
        }

        TLanes mean = TLanes.Broadcast(TLanes.Sum(sum));
        for (int i = 0; i < count; i += 16)
        {
            int lanes = Math.Min(16, count - i);
            TLanes slope = LanesTail.LoadUpTo<TLanes>(ref weights, i, lanes) * (LanesTail.LoadUpTo<TLanes>(ref slopes, i, lanes) - mean);
            if (!Unsafe.IsNullRef(ref own))
            {
                slope += LanesTail.LoadUpTo<TLanes>(ref own, i, lanes);
            }

            LanesTail.StoreUpTo(slope * TLanes.Broadcast(scale), ref slopes, i, lanes);
        }
    }

    private static void Fill(ref float destination, int count, float value)
    {
        for (int i = 0; i < count; i++)
        {
            Unsafe.Add(ref destination, i) = value;
        }
    }

    private static void Copy(ref float source, ref float destination, int count) =>
        Unsafe.CopyBlockUnaligned(ref Unsafe.As<float, byte>(ref destination), ref Unsafe.As<float, byte>(ref source), (uint)count * sizeof(float));

    private static int RoundUp(int count) => (count + 15) & ~15;
}
