using QuantGen.Cli.Models;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.Engines;

namespace QuantGen.Cli.Engines;

/// <summary>Trains with the code that the generator makes for a model, compiled in this process.</summary>
/// <param name="loader">Compiles it, or finds it in the cache.</param>
internal sealed class GeneratedEngine(SessionLoader loader) : ITrainingEngine
{
    public EngineDescription Description => EngineDescription.Generated;

    public ITrainableModel Create(ModelSpec spec, TrainableOptions options, CancellationToken cancellation = default) =>
        loader.CompileTrainable(spec, options, cancellation);
}
