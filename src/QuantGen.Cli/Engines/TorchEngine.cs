using QuantGen.Specs;
using QuantGen.TorchSharp;
using QuantGen.Trainable;
using QuantGen.Training.Engines;

namespace QuantGen.Cli.Engines;

/// <summary>Trains on libtorch. Only in builds with <c>QuantGenTorchSharp=true</c>.</summary>
/// <param name="device">Where it computes.</param>
internal sealed class TorchEngine(string device) : ITrainingEngine
{
    public EngineDescription Description { get; } = new(TrainingEngines.Torch, device);

    public ITrainableModel Create(ModelSpec spec, TrainableOptions options, CancellationToken cancellation = default) => new TorchTrainableModel(spec, options, device);
}
