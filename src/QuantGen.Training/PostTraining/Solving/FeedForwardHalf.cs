using QuantGen.Trainable;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>The feed-forward half of a layer up to its normalization.</summary>
internal sealed class FeedForwardHalf : LayerPart
{
    private readonly LayerActivations _kept;
    private readonly TrainableLinears _intermediate;
    private readonly TrainableLinears _output;
    private readonly TrainableNorm _norm;

    /// <summary>Makes the half.</summary>
    /// <param name="source">What it is made of.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="kept">Where it keeps what its backward pass needs.</param>
    public FeedForwardHalf(LayerSource source, int layer, LayerActivations kept)
        : base(source)
    {
        _kept = kept;
        _intermediate = AddLinears(layer, "intermediate.dense");
        _output = AddLinears(layer, "output.dense");
        _norm = AddNorm(layer, "output.LayerNorm");
    }

    private long Inner => (long)Pass.Tokens * Source.Spec.Dimensions.IntermediateSize;

    public override void Forward(float[] hidden, float[] output)
    {
        _kept.Reserve(Pass.Tokens, 0);
        _intermediate.Forward(Pass, hidden, Pass.Tokens, use: 0, _kept.Intermediate);
        TrainingOperators.Activate(Pass, Source.Spec.Dimensions.HiddenActivation, _kept.Intermediate, _kept.Activated, Inner);
        _output.Forward(Pass, _kept.Activated, Pass.Tokens, use: 0, _kept.OutputSum);
        _norm.Forward(Pass, _kept.OutputSum, residual: hidden, dropout: 0, output);
    }

    public override void Backward(float[] hidden, float[] gradient)
    {
        BackwardBuffers g = Source.Gradients;
        g.Reserve(Pass.Tokens);
        _norm.Backward(Pass, Pass.TokenRows, _kept.OutputSum, gradient);
        _output.Backward(Pass, _kept.Activated, Pass.Tokens, use: 0, gradient, g.Intermediate, spare: null);
        TrainingOperators.ActivateBackward(
            Pass, Source.Spec.Dimensions.HiddenActivation, _kept.Intermediate, _kept.Activated, g.Intermediate, Inner);
        _intermediate.Backward(Pass, hidden, Pass.Tokens, use: 0, g.Intermediate, gradient, spare: g.Branch);
    }
}
