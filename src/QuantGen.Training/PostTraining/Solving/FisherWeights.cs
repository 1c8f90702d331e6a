using QuantGen.Kernels;
using QuantGen.Trainable;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>How much each value of a block's outputs counts: the squared gradients of the divergence from the full-precision model's answers (BRECQ).</summary>
/// <param name="tail">The full-precision layers behind the block.</param>
/// <param name="head">The head.</param>
/// <param name="pass">Threads and batch, which they share.</param>
internal sealed class FisherWeights(LayerReconstruction tail, HeadNetwork head, TrainingPass pass)
{
    /// <summary>Finds the weights, <c>(|g| / mean |g| + 1)^2</c>: released code adds 1 to the magnitude of gradients, too, so that no value is free.</summary>
    /// <param name="rounded">The block's outputs with rounded weights.</param>
    /// <param name="full">Its outputs in full precision.</param>
    /// <param name="textsAtOnce">Texts of a pass.</param>
    /// <param name="cancellation">Stops the work between two passes.</param>
    public HiddenStates Find(HiddenStates rounded, HiddenStates full, int textsAtOnce, CancellationToken cancellation)
    {
        HiddenStates weights = rounded with { Values = new float[rounded.Values.Length] };
        float[] gradient = [];
        foreach (int[] texts in Enumerable.Range(0, rounded.Count).Chunk(textsAtOnce))
        {
            cancellation.ThrowIfCancellationRequested();
            tail.Forward(full, texts);
            float[] wanted = head.Forward(tail.Output).AsSpan(0, head.Rows * head.Classes).ToArray();
            tail.Forward(rounded, texts);
            float[] logits = head.Forward(tail.Output);
            ToGradients(logits, wanted);
            FloatBuffers.Reserve(ref gradient, (long)pass.Tokens * rounded.Width);
            head.Backward(logits, gradient);
            tail.Backward(gradient);
            weights.Scatter(texts, gradient);
        }

        Damp(weights.Values);
        return weights;
    }

    /// <summary>Turns gradients into weights.</summary>
    internal static void Damp(Span<float> gradients)
    {
        double sum = 0;
        foreach (float gradient in gradients)
        {
            sum += Math.Abs(gradient);
        }

        float factor = sum > 0 ? (float)(gradients.Length / sum) : 0f;
        foreach (ref float gradient in gradients)
        {
            float damped = (MathF.Abs(gradient) * factor) + 1f;
            gradient = damped * damped;
        }
    }

    // The gradient of the divergence is the difference of the probabilities.
    private void ToGradients(float[] logits, float[] wanted)
    {
        Softmax.Rows(ref logits[0], head.Classes, head.Rows, head.Classes);
        Softmax.Rows(ref wanted[0], head.Classes, head.Rows, head.Classes);
        for (int i = 0; i < wanted.Length; i++)
        {
            logits[i] -= wanted[i];
        }
    }
}
