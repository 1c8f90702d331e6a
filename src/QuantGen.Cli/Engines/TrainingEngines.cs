using QuantGen.Cli.Conventions;
using QuantGen.Trainable;
using QuantGen.Training.Engines;

namespace QuantGen.Cli.Engines;

/// <summary>The engines that command lines can name, and those of them that are in this build.</summary>
internal static partial class TrainingEngines
{
    public const string Torch = "torch";
    public static readonly string Generated = EngineDescription.Generated.Name;
    public static readonly string Processor = EngineDescription.Generated.Device;

    private static readonly Func<string, ProductPrecision, ITrainingEngine>? s_torch = FindTorch();

    /// <summary>Gets the names of all engines.</summary>
    public static string[] Known { get; } = [Generated, Torch];

    /// <summary>Gets the names of the engines in this build.</summary>
    public static string[] Present { get; } = s_torch is null ? [Generated] : Known;

    /// <summary>Makes the TorchSharp engine.</summary>
    /// <param name="device">Where it computes.</param>
    /// <param name="precision">In which numbers it multiplies.</param>
    /// <exception cref="UsageException">It is not in this build.</exception>
    public static ITrainingEngine CreateTorch(string device, ProductPrecision precision) => s_torch?.Invoke(device, precision) ?? throw new UsageException(
        "this build has no torch engine; build the tool with -p:QuantGenTorchSharp=true, which takes libtorch for this machine's processor " +
            "from nuget.org, or with -p:TorchSharpPackage a build for a GPU, such as TorchSharp-cuda-linux or TorchSharp-cuda-windows");

    // In a file of its own, which is compiled only into builds with the engine; without it the call is no call.
    static partial void RegisterTorch(ref Func<string, ProductPrecision, ITrainingEngine>? create);

    private static Func<string, ProductPrecision, ITrainingEngine>? FindTorch()
    {
        Func<string, ProductPrecision, ITrainingEngine>? create = null;
        RegisterTorch(ref create);
        return create;
    }
}
