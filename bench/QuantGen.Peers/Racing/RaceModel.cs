using QuantGen.Cli.Measuring;
using QuantGen.Cli.Models;
using QuantGen.Graph;
using QuantGen.Packed;
using QuantGen.Peers.Graphs;
using QuantGen.Specs;
using QuantGen.Training.PostTraining;

namespace QuantGen.Peers.Racing;

/// <summary>A model that both sides compute, each from weights in its own form.</summary>
internal abstract class RaceModel(ModelConfig config) : IDisposable
{
    /// <summary>Gets the dimensions.</summary>
    public ModelConfig Config => config;

    /// <summary>Gets what graphs compute last, which is what QuantGen's calls give.</summary>
    public GraphOutput Output => config.Head == BertHead.SequenceClassification ? GraphOutput.Logits : GraphOutput.Hidden;

    /// <summary>Gets the weights of graphs.</summary>
    public abstract IWeightSource Weights();

    /// <summary>Gets the packed model of a row.</summary>
    public abstract PackedModel Pack(RaceRow row, CancellationToken cancellation);

    public virtual void Dispose() => GC.SuppressFinalize(this);

    protected ModelSpec Spec(RaceRow row)
    {
        var options = new SpecOptions
        {
            Bits = row.Bits, ActivationBits = row.ActivationBits, AttentionBits = row.AttentionBits, Attention = row.Attention, Head = config.Head,
        };
        return ModelSpecs.Quantized(config, options, new QuantGen.Specs.Recipe());
    }
}

/// <summary>A model of given dimensions with random weights: no kernel's time depends on what they mean.</summary>
/// <param name="config">The dimensions.</param>
/// <param name="seed">Which weights are drawn.</param>
internal sealed class RandomRaceModel(ModelConfig config, int seed) : RaceModel(config)
{
    /// <summary>Gets a model by name.</summary>
    /// <param name="name">The name of a file in <c>bench/models</c>.</param>
    /// <param name="seed">Which weights are drawn.</param>
    public static RandomRaceModel Named(string name, int seed)
    {
        using Stream stream = typeof(RandomRaceModel).Assembly.GetManifestResourceStream($"models/{name}.json")!;
        using var reader = new StreamReader(stream);
        return new RandomRaceModel(ConfigFile.Parse(reader.ReadToEnd(), name), seed);
    }

    public override IWeightSource Weights() => new RandomWeights(seed);

    public override PackedModel Pack(RaceRow row, CancellationToken cancellation) => RandomModel.Create(Spec(row), [.. Config.Labels], seed);
}

/// <summary>A checkpoint, quantized after training for QuantGen and rounded by recipes for graphs.</summary>
/// <param name="checkpoint">The checkpoint, which is disposed of.</param>
internal sealed class CheckpointRaceModel(CheckpointModel checkpoint) : RaceModel(checkpoint.Config)
{
    /// <summary>Gets its folder.</summary>
    public string Folder => checkpoint.Checkpoint.Directory;

    public override IWeightSource Weights() => new CheckpointWeights(checkpoint.Checkpoint);

    public override PackedModel Pack(RaceRow row, CancellationToken cancellation)
    {
        ModelSpec spec = Spec(row);
        PostTrainingOptions options = checkpoint.OptionsFor(spec, checkpoint.OpenSentence(spec.Head));
        return PostTrainingQuantizer.Quantize(checkpoint.Checkpoint, spec, options, cancellation).Builder.Build(Folder);
    }

    public override void Dispose()
    {
        checkpoint.Dispose();
        base.Dispose();
    }
}
