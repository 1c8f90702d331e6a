using QuantGen.Training.Engines;

namespace QuantGen.Cli.Engines;

/// <content>Only in builds with <c>QuantGenTorchSharp=true</c>: the engine that needs TorchSharp.</content>
internal static partial class TrainingEngines
{
    static partial void RegisterTorch(ref Func<string, ITrainingEngine>? create) => create = device => new TorchEngine(device);
}
