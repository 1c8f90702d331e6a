using QuantGen.Trainable;
using QuantGen.Training.Batching;
using QuantGen.Training.Optimization;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>Trains layers that follow each other until their outputs are those of the full-precision layers.</summary>
/// <param name="layers">The layers, the first that the states meet first.</param>
/// <param name="pass">Threads and batch, which the layers share.</param>
internal sealed class LayerReconstruction(IReadOnlyList<LayerNetwork> layers, TrainingPass pass)
{
    private float[][] _states = [.. Enumerable.Range(0, layers.Count + 1).Select(_ => Array.Empty<float>())];
    private float[] _target = [];
    private float[] _gradient = [];

    /// <summary>Gets the most threads.</summary>
    public int Threads => pass.Team.Workers;

    /// <summary>Gets texts in a step.</summary>
    public int TextsAtOnce { get; init; } = 32;

    /// <summary>Gets the seed of the order of texts.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>Computes the outputs of every layer for all texts.</summary>
    public HiddenStates[] Outputs(HiddenStates input, CancellationToken cancellation)
    {
        HiddenStates[] outputs = [.. layers.Select(_ => input with { Values = new float[input.Values.Length] })];
        for (int first = 0; first < input.Count; first += TextsAtOnce)
        {
            cancellation.ThrowIfCancellationRequested();
            int[] texts = [.. Enumerable.Range(first, Math.Min(TextsAtOnce, input.Count - first))];
            Forward(input, null, 0, texts);
            for (int layer = 0; layer < layers.Count; layer++)
            {
                outputs[layer].Scatter(texts, _states[layer + 1]);
            }
        }

        return outputs;
    }

    /// <summary>Trains.</summary>
    /// <param name="inputs">What the layers will get, and what the full-precision layers got.</param>
    /// <param name="targets">The outputs of every full-precision layer.</param>
    /// <param name="optimizer">Changes what is trained.</param>
    /// <param name="steps">Steps.</param>
    /// <param name="prepare">Told the number of each step before it.</param>
    /// <param name="finish">Turns gradients of quantized weights into those of what is trained.</param>
    /// <param name="rates">The factor of learning rates at a step, and how much of the full-precision input is mixed in.</param>
    /// <param name="cancellation">Stops the work between two steps.</param>
    public void Train(
        (HiddenStates Rounded, HiddenStates Full) inputs, HiddenStates[] targets, AdamOptimizer optimizer, int steps, Action<int> prepare, Action finish,
        Func<int, (double Rate, double Full)> rates, CancellationToken cancellation)
    {
        int[] lengths = [.. Enumerable.Range(0, inputs.Rounded.Count).Select(inputs.Rounded.Length)];
        IReadOnlyList<int[]> plan = [];
        for (int step = 0, epoch = 0, at = 0; step < steps; step++, at++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (at == plan.Count)
            {
                plan = BatchPlanner.Plan(lengths, TextsAtOnce, Seed, epoch++);
                at = 0;
            }

            int[] texts = plan[at];
            (double rate, double full) = rates(step);
            prepare(step);
            Forward(inputs.Rounded, inputs.Full, (float)full, texts);
            Backward(targets, texts);
            finish();
            optimizer.Step(rate);
        }
    }

    /// <summary>Returns the mean over tokens of the squared distance of the last layer's outputs from their targets, on all texts.</summary>
    public double Error(HiddenStates input, HiddenStates target, CancellationToken cancellation)
    {
        HiddenStates last = Outputs(input, cancellation)[^1];
        double sum = 0;
        for (int i = 0; i < target.Values.Length; i++)
        {
            double difference = (double)last.Values[i] - target.Values[i];
            sum += difference * difference;
        }

        return sum / target.Starts[^1];
    }

    private void Forward(HiddenStates rounded, HiddenStates? full, float share, int[] texts)
    {
        TrainingBatch batch = rounded.Batch(texts);
        pass.Begin(batch, new ForwardOptions(ForwardPurpose.Evaluate));
        int count = batch.TokenCount * rounded.Width;
        for (int i = 0; i < _states.Length; i++)
        {
            FloatBuffers.Reserve(ref _states[i], count);
        }

        rounded.Gather(texts, _states[0]);
        if (share > 0f)
        {
            FloatBuffers.Reserve(ref _target, count);
            full!.Gather(texts, _target);
            Mix(_states[0].AsSpan(0, count), _target, share);
        }

        foreach (LayerNetwork layer in layers)
        {
            layer.Quantizers.ForEach(quantizer => quantizer.Prepare());
        }

        for (int layer = 0; layer < layers.Count; layer++)
        {
            layers[layer].Forward(_states[layer], _states[layer + 1]);
        }
    }

    /// <summary>Mixes: <c>rounded = share x full + (1 - share) x rounded</c>, MREM's teacher forcing.</summary>
    internal static void Mix(Span<float> rounded, ReadOnlySpan<float> full, float share)
    {
        for (int i = 0; i < rounded.Length; i++)
        {
            rounded[i] = (share * full[i]) + ((1f - share) * rounded[i]);
        }
    }

    // The loss is the squared distance of every layer's outputs, summed over values and averaged over tokens.
    private void Backward(HiddenStates[] targets, int[] texts)
    {
        int count = pass.Tokens * targets[0].Width;
        FloatBuffers.Reserve(ref _target, count);
        FloatBuffers.Reserve(ref _gradient, count);
        _gradient.AsSpan(0, count).Clear();
        float factor = 2f / pass.Tokens;
        for (int layer = layers.Count - 1; layer >= 0; layer--)
        {
            targets[layer].Gather(texts, _target);
            float[] output = _states[layer + 1];
            for (int i = 0; i < count; i++)
            {
                _gradient[i] += factor * (output[i] - _target[i]);
            }

            layers[layer].Backward(_states[layer], _gradient);
        }
    }
}
