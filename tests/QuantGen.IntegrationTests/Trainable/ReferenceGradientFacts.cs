using QuantGen.Trainable;

namespace QuantGen.IntegrationTests.Trainable;

/// <summary>Traces, losses and gradients of an engine against automatic differentiation in double precision.</summary>
public abstract class ReferenceGradientFacts
{
    private const double TraceTolerance = 1e-5;
    private const double LossTolerance = 1e-5;
    private const double GradientTolerance = 1e-4;

    // A gradient that is zero because softmax does not see what all scores share, as that of a key's bias, is what rounding leaves of other gradients.
    private const double RoundingOfZero = 1e-7;

    private readonly ReferenceGradients _reference = ReferenceGradients.Load();

    [Fact]
    public void Cross_entropy_of_a_full_precision_model_has_the_gradients_of_the_reference()
    {
        using ITrainableModel model = CreateFullPrecision(new TrainableOptions());
        _reference.Fill(model, "teacher");
        model.Forward(_reference.Batch(), new ForwardOptions(ForwardPurpose.Evaluate));
        AssertTrace(model, "cross_entropy");
        TraceLosses.Begin(model, hidden: false, scores: false);
        AssertLoss(_reference.Loss("cross_entropy"), TraceLosses.CrossEntropy(model, _reference.Labels));
        model.Backward();
        AssertGradients(model, "cross_entropy");
    }

    [Fact]
    public void Distillation_of_a_full_precision_model_has_the_gradients_of_the_reference()
    {
        using ITrainableModel model = CreateFullPrecision(new TrainableOptions());
        _reference.Fill(model, "student");
        Distill(model, "distillation");
        AssertGradients(model, "distillation");
    }

    [Fact]
    public void Distillation_of_a_model_with_learned_thresholds_has_the_gradients_of_the_reference()
    {
        using ITrainableModel model = CreateQuantized(new TrainableOptions { SymmetricProbabilities = true });
        _reference.Fill(model, "student");
        model.InitializeWeightQuantizers();
        model.Forward(_reference.Batch(), new ForwardOptions(ForwardPurpose.Calibrate));
        Dictionary<string, double> thresholds = _reference.Thresholds("kdlsq", "alpha");
        foreach (Parameter parameter in model.Parameters.Where(p => p.Kind is ParameterKind.WeightScale or ParameterKind.ActivationScale))
        {
            Assert.Equal(thresholds[parameter.Name], parameter.Values[0], 1e-5);
            thresholds.Remove(parameter.Name);
        }

        Assert.Empty(thresholds.Keys);
        Distill(model, "kdlsq");
        AssertGradients(model, "kdlsq");
        foreach ((string name, double gradient) in _reference.Thresholds("kdlsq", "alpha_gradients"))
        {
            double actual = model.Parameters.Single(p => p.Name == name).Gradients[0];
            Assert.True(
                Math.Abs(actual - gradient) <= GradientTolerance * Math.Max(1, Math.Abs(gradient)), $"{name} is {actual}, and the reference says {gradient}");
        }
    }

    /// <summary>Makes the model of the reference in full precision.</summary>
    protected abstract ITrainableModel CreateFullPrecision(TrainableOptions options);

    /// <summary>Makes the model of the reference with learned thresholds.</summary>
    protected abstract ITrainableModel CreateQuantized(TrainableOptions options);

    private void Distill(ITrainableModel model, string name)
    {
        model.Forward(_reference.Batch(), new ForwardOptions(ForwardPurpose.Evaluate));
        AssertTrace(model, name);
        (double[][] hidden, double[][] scores, double[] logits) = _reference.Trace("cross_entropy");
        TraceLosses.Begin(model);
        AssertLoss(_reference.Loss(name, "hidden"), TraceLosses.MeanSquares(model.Trace.Hidden, hidden, model.TraceGradients.Hidden));
        AssertLoss(_reference.Loss(name, "attention"), TraceLosses.MeanSquares(model.Trace.Scores, scores, model.TraceGradients.Scores));
        AssertLoss(_reference.Loss(name, "prediction"), TraceLosses.SoftCrossEntropy(model, logits));
        AssertLoss(_reference.Loss(name, "ground_truth"), TraceLosses.CrossEntropy(model, _reference.Labels));
        model.Backward();
    }

    private void AssertTrace(ITrainableModel model, string name)
    {
        (double[][] hidden, double[][] scores, double[] logits) = _reference.Trace(name);
        for (int l = 0; l < hidden.Length; l++)
        {
            AssertClose(hidden[l], model.Trace.Hidden[l], TraceTolerance, $"hidden {l}");
        }

        for (int l = 0; l < scores.Length; l++)
        {
            AssertClose(scores[l], model.Trace.Scores[l], TraceTolerance, $"scores {l}");
        }

        AssertClose(logits, model.Trace.Logits, TraceTolerance, "logits");
    }

    private void AssertGradients(ITrainableModel model, string name)
    {
        Dictionary<string, double[]> gradients = _reference.Gradients(name);
        foreach (Parameter parameter in model.Parameters.Where(p => gradients.ContainsKey(p.Name)))
        {
            double[] expected = gradients[parameter.Name];
            AssertClose(expected, parameter.Gradients, Math.Max(GradientTolerance * expected.Max(Math.Abs), RoundingOfZero), parameter.Name);
            gradients.Remove(parameter.Name);
        }

        Assert.Empty(gradients.Keys);
    }

    private static void AssertLoss(double expected, double actual) =>
        Assert.True(Math.Abs(actual - expected) <= LossTolerance * Math.Abs(expected), $"the loss is {actual}, and the reference says {expected}");

    private static void AssertClose(double[] expected, float[] actual, double tolerance, string what)
    {
        Assert.True(actual.Length >= expected.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(actual[i] - expected[i]) <= tolerance, $"{what}[{i}] is {actual[i]}, and the reference says {expected[i]}");
        }
    }
}
