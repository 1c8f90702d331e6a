using QuantGen.Trainable;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>Attention with what follows it up to its normalization.</summary>
internal sealed class AttentionHalf : LayerPart
{
    private readonly LayerActivations _kept;
    private readonly TrainableLinears _self;
    private readonly TrainableAttention _attention;
    private readonly TrainableLinears _context;
    private readonly TrainableNorm _norm;
    private float[] _scores = [];

    /// <summary>Makes the half.</summary>
    /// <param name="source">What it is made of.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="kept">Where it keeps what its backward pass needs.</param>
    public AttentionHalf(LayerSource source, int layer, LayerActivations kept)
        : base(source)
    {
        _kept = kept;
        _self = AddLinears(layer, "attention.self.query", "attention.self.key", "attention.self.value");
        _attention = new TrainableAttention(source.Spec.Dimensions.Heads, source.Spec.HeadSize, 1f / MathF.Sqrt(source.Spec.HeadSize));
        _context = AddLinears(layer, "attention.output.dense");
        _norm = AddNorm(layer, "attention.output.LayerNorm");
    }

    public override void Forward(float[] hidden, float[] output)
    {
        int[] starts = ScoreStarts();
        _kept.Reserve(Pass.Tokens, starts[^1]);
        FloatBuffers.Reserve(ref _scores, starts[^1]);
        _self.Forward(Pass, hidden, Pass.Tokens, use: 0, _kept.Projected);
        _attention.Forward(Pass, _kept.Projected, starts, dropout: 0, operands: null, use: 0, _scores, _kept.Probabilities, _kept.Context);
        _context.Forward(Pass, _kept.Context, Pass.Tokens, use: 0, _kept.AttentionSum);
        _norm.Forward(Pass, _kept.AttentionSum, residual: hidden, dropout: 0, output);
    }

    public override void Backward(float[] hidden, float[] gradient)
    {
        BackwardBuffers g = Source.Gradients;
        g.Reserve(Pass.Tokens);
        _norm.Backward(Pass, Pass.TokenRows, _kept.AttentionSum, gradient);
        _context.Backward(Pass, _kept.Context, Pass.Tokens, use: 0, gradient, g.Input, spare: null);
        _attention.Backward(
            Pass, _kept.Projected, ScoreStarts(), dropout: 0, operands: null, use: 0, scoreGradients: null, _kept.Probabilities, g.Input, g.Projected);
        _self.Backward(Pass, hidden, Pass.Tokens, use: 0, g.Projected, gradient, spare: g.Branch);
    }

    private int[] ScoreStarts()
    {
        int[] starts = new int[Pass.Sequences + 1];
        for (int s = 0; s < Pass.Sequences; s++)
        {
            int length = Pass.Batch.Starts[s + 1] - Pass.Batch.Starts[s];
            starts[s + 1] = starts[s] + (Source.Spec.Dimensions.Heads * length * length);
        }

        return starts;
    }
}
