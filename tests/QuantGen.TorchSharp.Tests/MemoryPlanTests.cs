using QuantGen.Cli.Models;
using QuantGen.Graph;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.Losses;
using QuantGen.Training.Loop;

namespace QuantGen.TorchSharp.Tests;

/// <summary>The memory that is stated before the first step, against what a step took (see the README).</summary>
public sealed class MemoryPlanTests
{
    private const double GigaByte = 1e9;
    private const int Tokens = 2545;
    private const int Longest = 128;

    private static readonly ModelConfig s_base = new() { Head = BertHead.SequenceClassification };

    // Peaks of the whole process on Linux with glibc: `engines --only '12/768 KDLSQ' --engine torch --runs 1 --threads 1`, and `--with-teacher`.
    [Theory]
    [InlineData(false, 4.67)]
    [InlineData(true, 5.63)]
    public void A_step_of_BERT_base_is_stated_within_a_fifth_of_what_it_takes(bool hasTeacher, double gigaBytes)
    {
        using TorchTrainableModel model = Create(new TrainableOptions { Scheme = Scheme.Lsq });
        using TorchTrainableModel? teacher = hasTeacher ? Teacher() : null;
        var objective = new Objective(model.Spec, hasTeacher ? new LossOptions() : LossOptions.Labels, teacher?.Spec, threads: 1);
        objective.Prepare(model, teacher);
        double planned = MemoryPlan.Of(model, objective, teacher, Tokens, Longest).Total / GigaByte;
        Assert.True(planned >= 0.8 * gigaBytes && planned <= 1.2 * gigaBytes, $"{planned:0.00} GB are planned, and {gigaBytes} were taken");
    }

    [Fact]
    public void A_graph_of_all_layers_takes_more_and_grows_with_the_batch()
    {
        using TorchTrainableModel layers = Create(new TrainableOptions { Scheme = Scheme.Lsq });
        using TorchTrainableModel whole = Create(new TrainableOptions { Scheme = Scheme.Lsq, ActivationBudget = long.MaxValue });
        Assert.True(layers.ActivationBytes(Tokens, Longest) < 0.5 * whole.ActivationBytes(Tokens, Longest));
        Assert.True(whole.ActivationBytes(2 * Tokens, Longest) > 1.7 * whole.ActivationBytes(Tokens, Longest));
        Assert.True(whole.ActivationBytes(Tokens, 2 * Longest) > 1.1 * whole.ActivationBytes(Tokens, Longest));
    }

    private static TorchTrainableModel Teacher()
    {
        var teacher = new TorchTrainableModel(ModelSpecs.Quantized(s_base, new SpecOptions { Head = s_base.Head }, new Recipe()), new TrainableOptions());
        foreach (Parameter parameter in teacher.Parameters)
        {
            parameter.IsFrozen = true;
        }

        return teacher;
    }

    private static TorchTrainableModel Create(TrainableOptions options)
    {
        var quantized = new SpecOptions
        {
            Bits = 2, EmbeddingBits = 2, AttentionBits = 8, ActivationRange = ActivationRange.Static, Head = BertHead.SequenceClassification,
        };
        return new TorchTrainableModel(ModelSpecs.Quantized(s_base, quantized, new Recipe { Scheme = Scheme.Lsq }), options);
    }
}
