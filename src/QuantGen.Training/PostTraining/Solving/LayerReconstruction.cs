using QuantGen.Trainable;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>Layers, or parts of them, that follow each other, and the distance of their outputs from those of the full-precision ones.</summary>
/// <param name="parts">The parts, the first that the states meet first.</param>
/// <param name="pass">Threads and batch, which the parts share.</param>
internal sealed class LayerReconstruction(IReadOnlyList<LayerPart> parts, TrainingPass pass)
{
    private float[][] _states = [.. Enumerable.Range(0, parts.Count + 1).Select(_ => Array.Empty<float>())];
    private float[] _other = [];
    private float[] _weights = [];
    private float[] _gradient = [];

    /// <summary>Gets the states that enter the first part.</summary>
    public Span<float> Input => _states[0].AsSpan(0, pass.Tokens * Width);

    /// <summary>Gets the outputs of the last part for the texts of the last forward pass.</summary>
    public float[] Output => _states[^1];

    private int Width { get; set; }

    /// <summary>Computes the outputs of every part for all texts.</summary>
    /// <param name="input">What enters the first part.</param>
    /// <param name="textsAtOnce">Texts of a pass.</param>
    /// <param name="cancellation">Stops the work between two passes.</param>
    public HiddenStates[] Outputs(HiddenStates input, int textsAtOnce, CancellationToken cancellation)
    {
        HiddenStates[] outputs = [.. parts.Select(_ => input with { Values = new float[input.Values.Length] })];
        foreach (int[] texts in Enumerable.Range(0, input.Count).Chunk(textsAtOnce))
        {
            cancellation.ThrowIfCancellationRequested();
            Forward(input, texts);
            for (int part = 0; part < parts.Count; part++)
            {
                outputs[part].Scatter(texts, _states[part + 1]);
            }
        }

        return outputs;
    }

    /// <summary>Trains.</summary>
    /// <param name="data">Inputs and targets.</param>
    /// <param name="order">The texts of every step.</param>
    /// <param name="steps">Steps.</param>
    /// <param name="prepare">Told the number of each step before its passes.</param>
    /// <param name="change">Told the number of each step after them, when gradients are there.</param>
    /// <param name="cancellation">Stops the work between two steps.</param>
    public void Train(ReconstructionData data, TextOrder order, int steps, Action<int> prepare, Action<int> change, CancellationToken cancellation)
    {
        for (int step = 0; step < steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            prepare(step);
            int[] texts = order.At(step);
            Forward(data.Input, texts);
            Backward(data, texts);
            change(step);
        }
    }

    /// <summary>Returns the loss of the last part's outputs, on all texts.</summary>
    public double Error(HiddenStates input, HiddenStates target, int textsAtOnce, CancellationToken cancellation) =>
        ReconstructionLoss.Value(Outputs(input, textsAtOnce, cancellation)[^1].Values, target.Values, [], target.Starts[^1]);

    /// <summary>Computes the outputs for some texts.</summary>
    public void Forward(HiddenStates input, int[] texts)
    {
        Begin(input, texts);
        input.Gather(texts, _states[0]);
        Forward();
    }

    /// <summary>Makes room for some texts, whose states are then put into <see cref="Input"/>.</summary>
    public void Begin(HiddenStates shape, int[] texts)
    {
        TrainingBatch batch = shape.Batch(texts);
        Width = shape.Width;
        pass.Begin(batch, new ForwardOptions(ForwardPurpose.Evaluate));
        for (int i = 0; i < _states.Length; i++)
        {
            FloatBuffers.Reserve(ref _states[i], (long)batch.TokenCount * Width);
        }
    }

    /// <summary>Computes the outputs of what <see cref="Input"/> holds.</summary>
    public void Forward()
    {
        for (int part = 0; part < parts.Count; part++)
        {
            parts[part].Quantizers.ForEach(quantizer => quantizer.Prepare());
            parts[part].Forward(_states[part], _states[part + 1]);
        }
    }

    /// <summary>Mixes full-precision states into the input: MREM's teacher forcing.</summary>
    public void Force(HiddenStates full, int[] texts, float share)
    {
        full.Gather(texts, FloatBuffers.Reserve(ref _other, Input.Length));
        Mix(Input, _other, share);
    }

    /// <summary>Mixes: <c>rounded = share x full + (1 - share) x rounded</c>.</summary>
    internal static void Mix(Span<float> rounded, ReadOnlySpan<float> full, float share)
    {
        for (int i = 0; i < rounded.Length; i++)
        {
            rounded[i] = (share * full[i]) + ((1f - share) * rounded[i]);
        }
    }

    /// <summary>Adds the gradients of the loss of every part's outputs; values of the last part's may have weights.</summary>
    public void Backward(ReconstructionData data, int[] texts)
    {
        int count = pass.Tokens * Width;
        FloatBuffers.Reserve(ref _other, count);
        FloatBuffers.Reserve(ref _weights, data.Weights is null ? 0 : count);
        Span<float> gradient = FloatBuffers.Reserve(ref _gradient, count).AsSpan(0, count);
        gradient.Clear();
        for (int part = parts.Count - 1; part >= 0; part--)
        {
            bool isWeighted = data.Weights is not null && part == parts.Count - 1;
            if (isWeighted)
            {
                data.Weights!.Gather(texts, _weights);
            }

            data.Targets[part].Gather(texts, _other);
            ReconstructionLoss.AddGradient(_states[part + 1], _other, isWeighted ? _weights : [], pass.Tokens, gradient);
            parts[part].Quantizers.ForEach(quantizer => quantizer.Clear());
            parts[part].Backward(_states[part], _gradient);
            parts[part].Quantizers.ForEach(quantizer => quantizer.Finish());
        }
    }

    /// <summary>Turns gradients of the last part's outputs into those of the input.</summary>
    public void Backward(float[] gradient)
    {
        for (int part = parts.Count - 1; part >= 0; part--)
        {
            parts[part].Backward(_states[part], gradient);
        }
    }
}
