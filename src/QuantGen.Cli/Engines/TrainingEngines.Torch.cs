using QuantGen.Trainable;
using QuantGen.Training.Engines;

namespace QuantGen.Cli.Engines;

/// <content>Only in builds with <c>QuantGenTorchSharp=true</c>: the engine that needs TorchSharp.</content>
internal static partial class TrainingEngines
{
    static partial void RegisterTorch(ref Func<string, ProductPrecision, ITrainingEngine>? create) =>
        create = (device, precision) => new TorchEngine(device, precision);
}
