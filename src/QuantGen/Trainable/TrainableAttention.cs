using QuantGen.Lanes;
using QuantGen.Trainable.Kernels;

namespace QuantGen.Trainable;

/// <summary>Scaled dot-product attention of all heads over all sequences, never over padding.</summary>
/// <param name="heads">Heads.</param>
/// <param name="headSize">Dimensions of a head.</param>
/// <param name="scale">Multiplies the scores.</param>
/// <param name="isBoolean">Whether it weighs values by 0 and 1 instead (<see cref="AttentionKind.Boolean"/>).</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class TrainableAttention(int heads, int headSize, float scale, bool isBoolean = false)
{
    private double[] _thresholds = [];

    private int HeadSize => headSize;

    private float Scale => scale;

    private bool IsBoolean => isBoolean;

    private int HiddenSize => heads * headSize;

    /// <summary>Computes scores, probabilities and contexts.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="projected">Query, key and value of every token, side by side.</param>
    /// <param name="scoreStarts">Where the scores of a sequence begin.</param>
    /// <param name="dropout">The number of the dropout.</param>
    /// <param name="operands">Where the operands are quantized; null for full precision.</param>
    /// <param name="use">Which use of them.</param>
    /// <param name="scores">Receives the scores.</param>
    /// <param name="probabilities">Receives the probabilities before dropout; scores, where those are what the backward pass needs.</param>
    /// <param name="context">Receives the contexts.</param>
    public void Forward(TrainingPass pass, float[] projected, int[] scoreStarts, int dropout, AttentionSites? operands, int use, float[] scores,
        float[] probabilities, float[] context)
    {
        ArgumentNullException.ThrowIfNull(pass);
        Reserve(pass);
        TrainedOperands trained = operands is null ? default : operands.Begin(pass, projected, HiddenSize, use, scale);
        var job = new ForwardJob(this, pass, projected, scoreStarts, trained, pass.Mask(pass.AttentionDropout, dropout), scores, probabilities, context);
        pass.Team.RunOnLanes(job, pass.Sequences * heads);
        operands?.End(pass, probabilities, scoreStarts[^1], use);
    }

    /// <summary>Computes the gradients of query, key and value.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="projected">Query, key and value of every token, side by side.</param>
    /// <param name="scoreStarts">Where the scores of a sequence begin.</param>
    /// <param name="dropout">The number of the dropout.</param>
    /// <param name="operands">Where the operands are quantized; null for full precision.</param>
    /// <param name="use">Which use of them.</param>
    /// <param name="scoreGradients">What the loss asks of the scores itself; null for nothing.</param>
    /// <param name="probabilities">The probabilities before dropout.</param>
    /// <param name="contextGradient">Gradients of the contexts.</param>
    /// <param name="gradient">Receives gradients of query, key and value, side by side.</param>
    public void Backward(
        TrainingPass pass, float[] projected, int[] scoreStarts, int dropout, AttentionSites? operands, int use, float[]? scoreGradients, float[] probabilities,
        float[] contextGradient, float[] gradient)
    {
        ArgumentNullException.ThrowIfNull(pass);
        Reserve(pass);
        int items = pass.Sequences * heads;
        if (_thresholds.Length < items * AttentionSites.Count)
        {
            _thresholds = new double[items * AttentionSites.Count];
        }

        Array.Clear(_thresholds);
        TrainedOperands trained = operands is null ? default : operands.Operands(use);
        var job = new BackwardJob(
            this, pass, projected, scoreStarts, trained, pass.Mask(pass.AttentionDropout, dropout), scoreGradients, probabilities, contextGradient, gradient);
        pass.Team.RunOnLanes(job, items);
        operands?.AddThresholdGradients(pass, _thresholds.AsSpan(0, items * AttentionSites.Count), (long)pass.Tokens * HiddenSize, scoreStarts[^1], use);
    }

    private void Reserve(TrainingPass pass)
    {
        long floats = AttentionTraining.ScratchFloats(pass.Batch.Longest, headSize);
        foreach (AlignedFloats scratch in pass.Scratch)
        {
            scratch.Reserve(floats);
        }
    }

    private AttentionHead HeadAt(float[] projected, int first, int length, int head)
    {
        long at = ((long)first * 3 * HiddenSize) + (head * headSize);
        return new AttentionHead(
            ref projected.At(at), ref projected.At(at + HiddenSize), ref projected.At(at + (2 * HiddenSize)), 3 * HiddenSize, length, headSize);
    }

    // The number of a score among all of a batch, of which this pass may have a part.
    private long Element(TrainingPass pass, long score) => (pass.Part.Before.TokenPairs * heads) + score;

    private (int Sequence, int Head) Place(int item) => Math.DivRem(item, heads);

    private readonly struct ForwardJob(
        TrainableAttention attention, TrainingPass pass, float[] projected, int[] starts, TrainedOperands operands, DropoutMask mask, float[] scores,
        float[] probabilities, float[] context)
        : ILaneJob
    {
        public void Run<TLanes>(int item, int worker)
            where TLanes : struct, ILanes<TLanes>
        {
            (int sequence, int head) = attention.Place(item);
            int first = pass.Batch.Starts[sequence];
            int length = pass.Batch.Starts[sequence + 1] - first;
            long at = starts[sequence] + ((long)head * length * length);
            long element = attention.Element(pass, at);
            AttentionHead own = attention.HeadAt(projected, first, length, head);
            ref float contexts = ref context.At(((long)first * attention.HiddenSize) + (head * attention.HeadSize));
            ref float scratch = ref pass.Scratch[worker].First;
            if (attention.IsBoolean)
            {
                BooleanTraining.Forward<TLanes>(
                    own, attention.Scale, mask, element, ref scores.At(at), ref probabilities.At(at), ref contexts, attention.HiddenSize, ref scratch);
                return;
            }

            AttentionTraining.Forward<TLanes>(
                own, attention.Scale, operands, mask, element, ref scores.At(at), ref probabilities.At(at), ref contexts, attention.HiddenSize, ref scratch);
        }
    }

    private readonly struct BackwardJob(
        TrainableAttention attention, TrainingPass pass, float[] projected, int[] starts, TrainedOperands operands, DropoutMask mask, float[]? scoreGradients,
        float[] probabilities,
        float[] contextGradient, float[] gradient) : ILaneJob
    {
        public void Run<TLanes>(int item, int worker)
            where TLanes : struct, ILanes<TLanes>
        {
            (int sequence, int head) = attention.Place(item);
            int first = pass.Batch.Starts[sequence];
            int length = pass.Batch.Starts[sequence + 1] - first;
            long at = starts[sequence] + ((long)head * length * length);
            long element = attention.Element(pass, at);
            ref float own = ref scoreGradients is null ? ref System.Runtime.CompilerServices.Unsafe.NullRef<float>() : ref scoreGradients.At(at);
            AttentionHead operandsOf = attention.HeadAt(projected, first, length, head);
            AttentionHead gradients = attention.HeadAt(gradient, first, length, head);
            ref float contexts = ref contextGradient.At(((long)first * attention.HiddenSize) + (head * attention.HeadSize));
            ref float scratch = ref pass.Scratch[worker].First;
            if (attention.IsBoolean)
            {
                BooleanTraining.Backward<TLanes>(
                    operandsOf, gradients, attention.Scale, mask, element, ref own, ref probabilities.At(at), ref contexts, attention.HiddenSize, ref scratch);
                return;
            }

            AttentionTraining.Backward<TLanes>(
                operandsOf, gradients, attention.Scale, operands, mask, element, ref own, ref probabilities.At(at), ref contexts, attention.HiddenSize,
                ref scratch, attention._thresholds.AsSpan(item * AttentionSites.Count, AttentionSites.Count));
        }
    }
}
