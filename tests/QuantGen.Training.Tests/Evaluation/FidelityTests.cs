using QuantGen.Graph;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.Evaluation;

namespace QuantGen.Training.Tests.Evaluation;

public sealed class FidelityTests
{
    private static readonly ModelSpec s_spec = new()
    {
        Dimensions = new ModelConfig { Layers = 1, HiddenSize = 2, Heads = 1 },
        Head = BertHead.SequenceClassification,
        OutputCount = 2,
    };

    [Fact]
    public void Equal_traces_agree_without_divergence_or_noise()
    {
        var fidelity = new Fidelity();
        fidelity.Add(Trace([1, 0, 0, 2], [1, 2, 3, 4]), Trace([1, 0, 0, 2], [1, 2, 3, 4]));

        Assert.Equal(new FidelityResult(1, 0, double.PositiveInfinity, 2), fidelity.Result);
    }

    [Fact]
    public void Every_number_is_that_of_its_definition()
    {
        var fidelity = new Fidelity();
        fidelity.Add(Trace([0, 1, 0, 2], [1, 2, 3, 3]), Trace([1, 0, 0, 2], [1, 2, 3, 4]));
        FidelityResult result = fidelity.Result;

        // One of two rows agrees. KL of (p, 1 - p) to (1 - p, p) with p = 1 / (1 + e^-1) is 2 p - 1; the other row adds 0.
        double p = 1 / (1 + Math.Exp(-1));
        Assert.Equal(0.5, result.Agreement);
        Assert.Equal(((2 * p) - 1) / 2, result.Divergence, 6);
        Assert.Equal(10 * Math.Log10(30), result.HiddenSignalToNoiseDb, 6);
        Assert.Equal(2, result.Rows);
    }

    [Fact]
    public void Traces_of_different_batches_are_refused_and_so_is_the_result_of_nothing()
    {
        var fidelity = new Fidelity();
        var other = new TrainingTrace(s_spec);
        other.Resize(new TrainingBatch([1], [0], [0, 1]));

        Assert.Throws<ArgumentException>(() => fidelity.Add(other, Trace([0, 0, 0, 0], [0, 0, 0, 0])));
        Assert.Throws<InvalidOperationException>(() => fidelity.Result);
    }

    private static TrainingTrace Trace(float[] logits, float[] hidden)
    {
        var trace = new TrainingTrace(s_spec);
        trace.Resize(new TrainingBatch([1, 2], [0, 0], [0, 1, 2]));
        logits.CopyTo(trace.Logits, 0);
        hidden.CopyTo(trace.Hidden[^1], 0);
        return trace;
    }
}
