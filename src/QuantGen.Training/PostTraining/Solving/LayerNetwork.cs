using QuantGen.Trainable;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>One layer of an encoder alone: its two halves.</summary>
internal sealed class LayerNetwork : LayerPart
{
    private readonly LayerActivations _kept;
    private readonly AttentionHalf _attention;
    private readonly FeedForwardHalf _feedForward;

    /// <summary>Makes a layer.</summary>
    /// <param name="source">What it is made of.</param>
    /// <param name="layer">The layer.</param>
    public LayerNetwork(LayerSource source, int layer)
        : base(source)
    {
        _kept = source.Kept();
        _attention = new AttentionHalf(source, layer, _kept);
        _feedForward = new FeedForwardHalf(source, layer, _kept);
        Join(_attention, _feedForward);
    }

    public override void Forward(float[] hidden, float[] output)
    {
        _kept.Reserve(Pass.Tokens, 0);
        _attention.Forward(hidden, _kept.Normalized);
        _feedForward.Forward(_kept.Normalized, output);
    }

    public override void Backward(float[] hidden, float[] gradient)
    {
        _feedForward.Backward(_kept.Normalized, gradient);
        _attention.Backward(hidden, gradient);
    }
}
