using QuantGen.Specs;
using QuantGen.Trainable;

namespace QuantGen.Training.Engines;

/// <summary>Makes models that can be trained. Losses, optimizer, schedule and state are the trainer's, whatever the engine.</summary>
public interface ITrainingEngine
{
    /// <summary>Gets what it is called and where it computes.</summary>
    EngineDescription Description { get; }

    /// <summary>Makes a model whose parameters are to be filled.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="options">Threads, dropout and how quantizers begin.</param>
    /// <param name="cancellation">Stops the work.</param>
    ITrainableModel Create(ModelSpec spec, TrainableOptions options, CancellationToken cancellation = default);
}
