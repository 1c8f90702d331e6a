using QuantGen.Trainable;
using QuantGen.Training.Optimization;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>Learns choices between codes, as AdaRound does: free at first, then driven to one of the two; and what else is trained beside them.</summary>
internal sealed class RoundingTraining
{
    private readonly IReadOnlyList<RoundingWeights> _weights;
    private readonly RoundingOptions _options;
    private readonly AdamOptimizer _choices;
    private readonly AdamOptimizer _others;

    /// <summary>Prepares the first step.</summary>
    /// <param name="weights">The weights whose choices are learned together.</param>
    /// <param name="others">Biases and normalizations that are trained, too.</param>
    /// <param name="options">How.</param>
    /// <param name="threads">The most threads.</param>
    public RoundingTraining(IReadOnlyList<RoundingWeights> weights, IReadOnlyList<Parameter> others, RoundingOptions options, int threads)
    {
        _weights = weights;
        _options = options;
        _choices = Optimizer([.. weights.Select(own => own.Choices)], options.LearningRate, threads);
        _others = Optimizer(others, options.BiasLearningRate, threads);
    }

    /// <summary>Sets how strongly a step drives choices to one of the two; nothing does while the loss still moves them far.</summary>
    public void Prepare(int step)
    {
        foreach (RoundingWeights own in _weights)
        {
            own.IndecisionWeight = _options.IndecisionWeight;
            own.Beta = step < _options.Steps / 5 ? 0f : (float)RectifiedSigmoid.Beta(step, _options.Steps);
        }
    }

    /// <summary>Changes choices, and the others at a rate that falls to 0.</summary>
    public void Step(int step)
    {
        _choices.Step(1);
        _others.Step(1 - ((double)step / _options.Steps));
    }

    /// <summary>Makes the present choices final.</summary>
    public void Harden()
    {
        foreach (RoundingWeights own in _weights)
        {
            own.IsHard = true;
        }
    }

    private static AdamOptimizer Optimizer(IReadOnlyList<Parameter> parameters, double rate, int threads) =>
        new(parameters, new OptimizerOptions { LearningRate = rate, WeightDecay = 0, MaxGradientNorm = double.MaxValue }, threads);
}
