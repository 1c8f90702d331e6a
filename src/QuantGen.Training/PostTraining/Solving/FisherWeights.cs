using QuantGen.Kernels;
using QuantGen.Trainable;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>How much each value of a block's outputs counts: the squared gradients of the divergence from the full-precision model's answers (BRECQ).</summary>
/// <param name="tail">The full-precision layers behind the block.</param>
/// <param name="head">The head.</param>
/// <param name="pass">Threads and batch, which they share.</param>
internal sealed class FisherWeights(LayerReconstruction tail, HeadNetwork head, TrainingPass pass)
{
    /// <summary>Finds the weights, <c>(|g| / mean |g| + 1)^2</c> over their mean, both means those of a text.</summary>
    /// <remarks>
    /// Released code adds 1 to the magnitude of gradients, too, so that no value is free. The mean of 1 keeps what indecision costs beside the loss as it is
    /// without weights: where a head reads one token, squares reach the thousands, and choices would never be made. Means
    /// are those of a text, as the divergence of a text may be a thousand times that of another, and few would decide for all.
    /// </remarks>
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

        for (int text = 0; text < weights.Count; text++)
        {
            Damp(weights.Of(text));
        }

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
        double squares = 0;
        foreach (ref float gradient in gradients)
        {
            float damped = (MathF.Abs(gradient) * factor) + 1f;
            gradient = damped * damped;
            squares += gradient;
        }

        float share = (float)(gradients.Length / squares);
        foreach (ref float gradient in gradients)
        {
            gradient *= share;
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
