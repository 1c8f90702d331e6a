using System.Runtime.CompilerServices;
using QuantGen.Kernels;
using QuantGen.Lanes;

namespace QuantGen.Trainable.Kernels;

/// <summary>
/// <see cref="BooleanAttention"/> of one head over one sequence that keeps what a backward pass needs, and that backward pass: signs and weights pass
/// gradients on where the value, or the score, is from -1 to 1.
/// </summary>
internal static class BooleanTraining
{
    /// <summary>Computes contexts; memory as <see cref="AttentionTraining.ScratchFloats"/> says.</summary>
    /// <param name="own">Where the head's operands are.</param>
    /// <param name="scale">Multiplies the scores.</param>
    /// <param name="mask">Which weights are dropped.</param>
    /// <param name="element">The number of the first score among all of the batch.</param>
    /// <param name="scores">Receives the scores, [length, length].</param>
    /// <param name="kept">Receives them, too, for the backward pass.</param>
    /// <param name="context">Receives the first token's context.</param>
    /// <param name="contextStride">Elements from token to token.</param>
    /// <param name="scratch">Memory.</param>
    public static void Forward<TLanes>(
        in AttentionHead own, float scale, DropoutMask mask, long element, ref float scores, ref float kept, ref float context, nint contextStride,
        ref float scratch)
        where TLanes : struct, ILanes<TLanes>
    {
        int length = own.Length;
        int keys = Attention.RoundUp(length);
        int columns = Attention.RoundUp(own.Size);
        AttentionMemory memory = new(ref scratch, keys, columns);
        AttentionHead head = Signs<TLanes>(own, ref memory.Operands);
        AttentionPanels.PackKeys(ref head.Key, head.Stride, length, head.Size, ref memory.Panels, keys);
        TileProduct.Run<TLanes>(ref head.Query, head.Stride, length, head.Size, ref memory.Panels, keys, scale, ref memory.Slopes, keys);
        for (int i = 0; i < length; i++)
        {
            nint at = i * (nint)length;
            ref float row = ref Unsafe.Add(ref memory.Slopes, i * (nint)keys);
            Attention.Copy(ref row, ref Unsafe.Add(ref scores, at), length);
            Attention.Copy(ref row, ref Unsafe.Add(ref kept, at), length);
            Weigh<TLanes>(ref row, ref row, length, mask, element + at);
        }

        AttentionPanels.PackValues(ref head.Value, head.Stride, length, head.Size, ref memory.Panels, columns);
        TileProduct.Run<TLanes>(ref memory.Slopes, keys, length, length, ref memory.Panels, columns, 1f, ref memory.Padded, columns);
        for (int i = 0; i < length; i++)
        {
            Attention.Copy(ref Unsafe.Add(ref memory.Padded, i * (nint)columns), ref Unsafe.Add(ref context, i * contextStride), head.Size);
        }
    }

    /// <summary>Computes the gradients of query, key and value.</summary>
    /// <param name="own">Where the head's operands are.</param>
    /// <param name="gradients">Where their gradients go.</param>
    /// <param name="scale">Multiplies the scores.</param>
    /// <param name="mask">Which weights were dropped.</param>
    /// <param name="element">The number of the first score among all of the batch.</param>
    /// <param name="scoreGradients">Gradients of the scores that the loss has itself, [length, length]; a null reference for none.</param>
    /// <param name="kept">The scores that the forward pass kept.</param>
    /// <param name="context">The gradient of the first token's context.</param>
    /// <param name="contextStride">Elements from token to token.</param>
    /// <param name="scratch">Memory.</param>
    public static void Backward<TLanes>(
        in AttentionHead own, in AttentionHead gradients, float scale, DropoutMask mask, long element, ref float scoreGradients, ref float kept,
        ref float context, nint contextStride, ref float scratch)
        where TLanes : struct, ILanes<TLanes>
    {
        int length = own.Length;
        int keys = Attention.RoundUp(length);
        int columns = Attention.RoundUp(own.Size);
        AttentionMemory memory = new(ref scratch, keys, columns);
        AttentionHead head = Signs<TLanes>(own, ref memory.Operands);

        // Gradients of the weights, dC V^T, then of the scores.
        AttentionPanels.PackKeys(ref head.Value, head.Stride, length, head.Size, ref memory.Panels, keys);
        TileProduct.Run<TLanes>(ref context, contextStride, length, head.Size, ref memory.Panels, keys, 1f, ref memory.Slopes, keys);
        for (int i = 0; i < length; i++)
        {
            nint at = i * (nint)length;
            ref float row = ref Unsafe.Add(ref memory.Slopes, i * (nint)keys);
            ref float scores = ref Unsafe.Add(ref kept, at);
            Weigh<TLanes>(ref scores, ref Unsafe.Add(ref memory.Dropped, i * (nint)keys), length, mask, element + at);
            if (!mask.IsEmpty)
            {
                mask.Apply(ref row, ref row, element + at, length);
            }

            Clip<TLanes>(ref scores, ref row, length);
            Join<TLanes>(ref row, ref Unsafe.IsNullRef(ref scoreGradients) ? ref scoreGradients : ref Unsafe.Add(ref scoreGradients, at), scale, length);
        }

        // dV = B^T dC, dQ = dS K, dK = dS^T Q; the scale is in dS already.
        AttentionPanels.PackValues(ref context, contextStride, length, head.Size, ref memory.Panels, columns);
        MatrixProduct.Run<TLanes>(
            ProductRows.Transposed(ref memory.Dropped, keys), length, length, ref memory.Panels, head.Size, ref gradients.Value, gradients.Stride, false);
        AttentionPanels.PackValues(ref head.Key, head.Stride, length, head.Size, ref memory.Panels, columns);
        MatrixProduct.Run<TLanes>(
            ProductRows.Stored(ref memory.Slopes, keys), length, length, ref memory.Panels, head.Size, ref gradients.Query, gradients.Stride, false);
        AttentionPanels.PackValues(ref head.Query, head.Stride, length, head.Size, ref memory.Panels, columns);
        MatrixProduct.Run<TLanes>(
            ProductRows.Transposed(ref memory.Slopes, keys), length, length, ref memory.Panels, head.Size, ref gradients.Key, gradients.Stride, false);
        for (int i = 0; i < length; i++)
        {
            nint at = i * own.Stride;
            nint to = i * gradients.Stride;
            Clip<TLanes>(ref Unsafe.Add(ref own.Query, at), ref Unsafe.Add(ref gradients.Query, to), own.Size);
            Clip<TLanes>(ref Unsafe.Add(ref own.Key, at), ref Unsafe.Add(ref gradients.Key, to), own.Size);
            Clip<TLanes>(ref Unsafe.Add(ref own.Value, at), ref Unsafe.Add(ref gradients.Value, to), own.Size);
        }
    }

    private static void Weigh<TLanes>(ref float scores, ref float weights, int count, DropoutMask mask, long element)
        where TLanes : struct, ILanes<TLanes>
    {
        BooleanAttention.Weights<TLanes>(ref scores, ref weights, count);
        if (!mask.IsEmpty)
        {
            mask.Apply(ref weights, ref weights, element, count);
        }
    }

    private static AttentionHead Signs<TLanes>(in AttentionHead own, ref float memory)
        where TLanes : struct, ILanes<TLanes>
    {
        nint count = (nint)own.Length * own.Size;
        var copy = new AttentionHead(ref memory, ref Unsafe.Add(ref memory, count), ref Unsafe.Add(ref memory, 2 * count), own.Size, own.Length, own.Size);
        for (int i = 0; i < own.Length; i++)
        {
            nint at = i * own.Stride;
            nint to = i * copy.Stride;
            BooleanAttention.Signs<TLanes>(ref Unsafe.Add(ref own.Query, at), ref Unsafe.Add(ref copy.Query, to), own.Size);
            BooleanAttention.Signs<TLanes>(ref Unsafe.Add(ref own.Key, at), ref Unsafe.Add(ref copy.Key, to), own.Size);
            BooleanAttention.Signs<TLanes>(ref Unsafe.Add(ref own.Value, at), ref Unsafe.Add(ref copy.Value, to), own.Size);
        }

        return copy;
    }

    // Clears gradients of what is beyond -1 or 1.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Clip<TLanes>(ref float values, ref float gradient, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes one = TLanes.Broadcast(1f);
        TLanes zero = TLanes.Broadcast(0f);
        for (int i = 0; i < count; i += 16)
        {
            int lanes = Math.Min(16, count - i);
            TLanes size = TLanes.Abs(LanesTail.LoadUpTo<TLanes>(ref values, i, lanes));
            LanesTail.StoreUpTo(TLanes.SelectGreater(size, one, zero, LanesTail.LoadUpTo<TLanes>(ref gradient, i, lanes)), ref gradient, i, lanes);
        }
    }

    // What the loss asks of the scores joins, then the scale.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Join<TLanes>(ref float slopes, ref float own, float scale, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        for (int i = 0; i < count; i += 16)
        {
            int lanes = Math.Min(16, count - i);
            TLanes slope = LanesTail.LoadUpTo<TLanes>(ref slopes, i, lanes);
            if (!Unsafe.IsNullRef(ref own))
            {
                slope += LanesTail.LoadUpTo<TLanes>(ref own, i, lanes);
            }

            LanesTail.StoreUpTo(slope * TLanes.Broadcast(scale), ref slopes, i, lanes);
        }
    }
}
