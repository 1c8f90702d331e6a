using QuantGen.Cli.Conventions;
using QuantGen.Specs;
using QuantGen.TorchSharp;
using QuantGen.Trainable;
using QuantGen.Training.Engines;

namespace QuantGen.Cli.Engines;

/// <summary>Trains on libtorch. Only in builds with <c>QuantGenTorchSharp=true</c>.</summary>
/// <param name="device">Where it computes.</param>
/// <param name="precision">In which numbers it multiplies.</param>
internal sealed class TorchEngine(string device, ProductPrecision precision) : ITrainingEngine
{
    public EngineDescription Description { get; } = new(TrainingEngines.Torch, device) { Precision = precision };

    /// <summary>Makes a model.</summary>
    /// <exception cref="UsageException">This machine has no such device or none with such products, or the model cannot be trained.</exception>
    /// <exception cref="InvalidOperationException">libtorch cannot be loaded.</exception>
    public ITrainableModel Create(ModelSpec spec, TrainableOptions options, CancellationToken cancellation = default)
    {
        try
        {
            return new TorchTrainableModel(spec, options, device, precision);
        }
        catch (ArgumentException error)
        {
            throw new UsageException(error.Message.Replace($" (Parameter '{error.ParamName}')", string.Empty, StringComparison.Ordinal));
        }
        catch (PlatformNotSupportedException error)
        {
            throw new InvalidOperationException(error.Message, error);
        }
        catch (Exception error) when (error is TypeInitializationException or NotSupportedException or DllNotFoundException)
        {
            // What follows the first line is the search for the library, step by step.
            throw new InvalidOperationException($"libtorch cannot be loaded: {error.GetBaseException().Message.Split('\n')[0].TrimEnd()}", error);
        }
    }
}
