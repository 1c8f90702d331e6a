using System.Runtime.CompilerServices;
using QuantGen.Kernels;
using QuantGen.Lanes;

namespace QuantGen.Trainable.Kernels;

/// <summary>Attention of one head over one sequence that keeps what a backward pass needs, and that backward pass.</summary>
/// <remarks>The forward pass computes scores, probabilities and contexts as <see cref="Attention"/> does, bit for bit, when nothing is dropped.</remarks>
internal static class AttentionTraining
{
    /// <summary>Computes how much scratch memory both passes need.</summary>
    /// <param name="length">The longest sequence, in tokens.</param>
    /// <param name="headSize">The head's dimensions.</param>
    public static long ScratchFloats(int length, int headSize)
    {
        long keys = Attention.RoundUp(length);
        long columns = Attention.RoundUp(headSize);

        // Panels, scores, dropped probabilities, contexts with their padding (also a row of codes), and three quantized operands.
        return keys * ((2 * keys) + (5 * columns));
    }

    /// <summary>Computes contexts.</summary>
    /// <param name="own">Where the head's operands are.</param>
    /// <param name="scale">Multiplies the scores.</param>
    /// <param name="operands">How they are quantized.</param>
    /// <param name="mask">Which probabilities are dropped.</param>
    /// <param name="element">The number of the first score among all of the batch.</param>
    /// <param name="scores">Receives the scores, [length, length].</param>
    /// <param name="probabilities">Receives the probabilities before dropout, [length, length].</param>
    /// <param name="context">Receives the first token's context.</param>
    /// <param name="contextStride">Elements from token to token.</param>
    /// <param name="scratch">Memory.</param>
    public static void Forward<TLanes>(
        in AttentionHead own, float scale, in TrainedOperands operands, DropoutMask mask, long element, ref float scores, ref float probabilities,
        ref float context, nint contextStride, ref float scratch)
        where TLanes : struct, ILanes<TLanes>
    {
        int length = own.Length;
        int keys = Attention.RoundUp(length);
        int columns = Attention.RoundUp(own.Size);
        AttentionMemory memory = new(ref scratch, keys, columns);
        AttentionHead head = operands.IsQuantized ? Quantize<TLanes>(own, operands, isValue: false, ref memory.Operands) : own;
        AttentionPanels.PackKeys(ref head.Key, head.Stride, length, head.Size, ref memory.Panels, keys);
        TileProduct.Run<TLanes>(
            ref head.Query, head.Stride, length, head.Size, ref memory.Panels, keys, operands.IsQuantized ? operands.Factors.ScoreFactor : scale,
            ref memory.Slopes, keys);
        for (int i = 0; i < length; i++)
        {
            ref float row = ref Unsafe.Add(ref memory.Slopes, i * (nint)keys);
            Attention.Copy(ref row, ref Unsafe.Add(ref scores, i * (nint)length), length);

            // Keys that only fill the last vector get weight 0, which changes no sum.
            Attention.Fill(ref Unsafe.Add(ref row, length), keys - length, float.NegativeInfinity);
        }

        Softmax.Run<TLanes>(ref memory.Slopes, keys, length, keys);
        for (int i = 0; i < length; i++)
        {
            ref float row = ref Unsafe.Add(ref memory.Slopes, i * (nint)keys);
            Attention.Copy(ref row, ref Unsafe.Add(ref probabilities, i * (nint)length), length);
            if (!mask.IsEmpty)
            {
                mask.Apply(ref row, ref row, element + (i * (long)length), length);
            }

            if (operands.IsQuantized)
            {
                CenteredCodes.Quantize<TLanes>(ref row, length, operands.Probabilities.Range, 1f, ref row);
            }
        }

        AttentionPanels.PackValues(ref head.Value, head.Stride, length, head.Size, ref memory.Panels, columns);
        TileProduct.Run<TLanes>(
            ref memory.Slopes, keys, length, length, ref memory.Panels, columns, operands.IsQuantized ? operands.Factors.ContextFactor : 1f, ref memory.Padded,
            columns);
        for (int i = 0; i < length; i++)
        {
            Attention.Copy(ref Unsafe.Add(ref memory.Padded, i * (nint)columns), ref Unsafe.Add(ref context, i * contextStride), head.Size);
        }
    }

    /// <summary>Computes the gradients of query, key and value.</summary>
    /// <param name="own">Where the head's operands are.</param>
    /// <param name="gradients">Where their gradients go.</param>
    /// <param name="scale">Multiplies the scores.</param>
    /// <param name="operands">How the operands are quantized.</param>
    /// <param name="mask">Which probabilities were dropped.</param>
    /// <param name="element">The number of the first score among all of the batch.</param>
    /// <param name="scoreGradients">Gradients of the scores that the loss has itself, [length, length]; a null reference for none.</param>
    /// <param name="probabilities">The probabilities before dropout, [length, length].</param>
    /// <param name="context">The gradient of the first token's context.</param>
    /// <param name="contextStride">Elements from token to token.</param>
    /// <param name="scratch">Memory.</param>
    /// <param name="thresholds">Receives the gradients of the thresholds of query, key, value and probabilities where those are learned.</param>
    public static void Backward<TLanes>(
        in AttentionHead own, in AttentionHead gradients, float scale, in TrainedOperands operands, DropoutMask mask, long element, ref float scoreGradients,
        ref float probabilities, ref float context, nint contextStride, ref float scratch, Span<double> thresholds)
        where TLanes : struct, ILanes<TLanes>
    {
        int length = own.Length;
        int keys = Attention.RoundUp(length);
        int columns = Attention.RoundUp(own.Size);
        AttentionMemory memory = new(ref scratch, keys, columns);
        AttentionHead head = operands.IsQuantized ? Quantize<TLanes>(own, operands, isValue: true, ref memory.Operands) : own;

        // Gradients of the probabilities, dC V^T, then of the scores.
        AttentionPanels.PackKeys(ref head.Value, head.Stride, length, head.Size, ref memory.Panels, keys);
        TileProduct.Run<TLanes>(ref context, contextStride, length, head.Size, ref memory.Panels, keys, 1f, ref memory.Slopes, keys);
        for (int i = 0; i < length; i++)
        {
            nint at = i * (nint)length;
            ref float row = ref Unsafe.Add(ref memory.Slopes, i * (nint)keys);
            ref float kept = ref Unsafe.Add(ref memory.Dropped, i * (nint)keys);
            ref float weights = ref Unsafe.Add(ref probabilities, at);
            Attention.Copy(ref weights, ref kept, length);
            if (!mask.IsEmpty)
            {
                mask.Apply(ref kept, ref kept, element + at, length);
            }

            if (operands.IsQuantized)
            {
                thresholds[3] += Through<TLanes>(ref kept, ref row, length, operands.Probabilities, ref memory.Padded);
                CenteredCodes.Quantize<TLanes>(ref kept, length, operands.Probabilities.Range, operands.Probabilities.Range.Scale, ref kept);
            }

            if (!mask.IsEmpty)
            {
                mask.Apply(ref row, ref row, element + at, length);
            }

            ScoreRow<TLanes>(
                ref row, ref weights, ref Unsafe.IsNullRef(ref scoreGradients) ? ref scoreGradients : ref Unsafe.Add(ref scoreGradients, at), scale, length);
        }

        // dV = P^T dC, dQ = dS K, dK = dS^T Q; the scale is in dS already.
        AttentionPanels.PackValues(ref context, contextStride, length, head.Size, ref memory.Panels, columns);
        MatrixProduct.Run<TLanes>(
            ProductRows.Transposed(ref memory.Dropped, keys), length, length, ref memory.Panels, head.Size, ref gradients.Value, gradients.Stride, false);
        AttentionPanels.PackValues(ref head.Key, head.Stride, length, head.Size, ref memory.Panels, columns);
        MatrixProduct.Run<TLanes>(
            ProductRows.Stored(ref memory.Slopes, keys), length, length, ref memory.Panels, head.Size, ref gradients.Query, gradients.Stride, false);
        AttentionPanels.PackValues(ref head.Query, head.Stride, length, head.Size, ref memory.Panels, columns);
        MatrixProduct.Run<TLanes>(
            ProductRows.Transposed(ref memory.Slopes, keys), length, length, ref memory.Panels, head.Size, ref gradients.Key, gradients.Stride, false);
        for (int i = 0; i < length && operands.IsQuantized; i++)
        {
            nint at = i * own.Stride;
            nint to = i * gradients.Stride;
            ref float codes = ref memory.Padded;
            thresholds[0] += Through<TLanes>(ref Unsafe.Add(ref own.Query, at), ref Unsafe.Add(ref gradients.Query, to), own.Size, operands.Query, ref codes);
            thresholds[1] += Through<TLanes>(ref Unsafe.Add(ref own.Key, at), ref Unsafe.Add(ref gradients.Key, to), own.Size, operands.Key, ref codes);
            thresholds[2] += Through<TLanes>(ref Unsafe.Add(ref own.Value, at), ref Unsafe.Add(ref gradients.Value, to), own.Size, operands.Value, ref codes);
        }
    }

    // Back through a quantizer; returns what the row adds to the gradient of its threshold.
    private static float Through<TLanes>(ref float values, ref float gradient, int count, in TrainedOperand operand, ref float codes)
        where TLanes : struct, ILanes<TLanes>
    {
        if (!operand.IsLearned)
        {
            return 0f;
        }

        CenteredCodes.Quantize<TLanes>(ref values, count, operand.Range, 1f, ref codes);
        return CenteredCodes.ThresholdGradient<TLanes>(ref values, ref codes, ref gradient, count, operand.Threshold, masks: true);
    }

    // Query, key and value as centered codes, or as the values that those stand for, in memory of their own.
    private static AttentionHead Quantize<TLanes>(in AttentionHead own, in TrainedOperands operands, bool isValue, ref float memory)
        where TLanes : struct, ILanes<TLanes>
    {
        nint count = (nint)own.Length * own.Size;
        var copy = new AttentionHead(ref memory, ref Unsafe.Add(ref memory, count), ref Unsafe.Add(ref memory, 2 * count), own.Size, own.Length, own.Size);
        for (int i = 0; i < own.Length; i++)
        {
            nint at = i * own.Stride;
            nint to = i * copy.Stride;
            ActivationParameters query = operands.Query.Range;
            ActivationParameters key = operands.Key.Range;
            ActivationParameters value = operands.Value.Range;
            CenteredCodes.Quantize<TLanes>(ref Unsafe.Add(ref own.Query, at), own.Size, query, isValue ? query.Scale : 1f, ref Unsafe.Add(ref copy.Query, to));
            CenteredCodes.Quantize<TLanes>(ref Unsafe.Add(ref own.Key, at), own.Size, key, isValue ? key.Scale : 1f, ref Unsafe.Add(ref copy.Key, to));
            CenteredCodes.Quantize<TLanes>(ref Unsafe.Add(ref own.Value, at), own.Size, value, isValue ? value.Scale : 1f, ref Unsafe.Add(ref copy.Value, to));
        }

        return copy;
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
}
