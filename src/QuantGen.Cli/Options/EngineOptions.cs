using System.CommandLine;
using QuantGen.Cli.Conventions;
using QuantGen.Cli.Engines;
using QuantGen.Cli.Models;
using QuantGen.Trainable;
using QuantGen.Training.Engines;

namespace QuantGen.Cli.Options;

/// <summary>The options that say what computes a training, and where.</summary>
internal sealed class EngineOptions
{
    private static readonly string s_present = $"This build has {string.Join(" and ", TrainingEngines.Present)}.";

    private readonly Option<string?> _engine = CliOption.OneOf(
        "--engine", $"What computes passes: code generated for the model, or TorchSharp. {s_present} [default: generated]", TrainingEngines.Known);

    private readonly Option<string?> _teacherEngine = CliOption.OneOf(
        "--teacher-engine", "What computes the teacher's passes. [default: as --engine]", TrainingEngines.Known);
    private readonly Option<string?> _device = CliOption.Device(
        "--device", "Where torch computes: cpu, cuda or cuda:N. The optimizer stays on the processor. [default: cpu]");

    private readonly Option<ProductPrecision?> _precision = CliOption.Choice<ProductPrecision>(
        "--precision", "In what torch multiplies matrices; all else is float32.", ProductPrecision.Float32);

    /// <summary>Adds the options of every training.</summary>
    /// <param name="command">The command.</param>
    /// <param name="hasTeacher">Whether it has a teacher, too.</param>
    public void AddTo(Command command, bool hasTeacher)
    {
        command.Add(_engine);
        if (hasTeacher)
        {
            command.Add(_teacherEngine);
        }

        command.Add(_device);
        command.Add(_precision);
    }

    /// <summary>Makes the engine of the model that is trained.</summary>
    /// <param name="values">The command line.</param>
    /// <param name="loader">Compiles generated code.</param>
    /// <exception cref="UsageException">The engine is not in this build or does not compute there.</exception>
    public ITrainingEngine Engine(OptionValues values, SessionLoader loader)
    {
        RequireTorchFor(values, values.Get(_engine));
        return Create(values.Get(_engine), values, loader);
    }

    /// <summary>Makes the engines of the model that is trained and of its teacher.</summary>
    /// <param name="values">The command line.</param>
    /// <param name="loader">Compiles generated code.</param>
    /// <exception cref="UsageException">An engine is not in this build or does not compute there.</exception>
    public (ITrainingEngine Engine, ITrainingEngine Teacher) Engines(OptionValues values, SessionLoader loader)
    {
        string? teacher = values.Get(_teacherEngine) ?? values.Get(_engine);
        RequireTorchFor(values, values.Get(_engine), teacher);
        return (Create(values.Get(_engine), values, loader), Create(teacher, values, loader));
    }

    private void RequireTorchFor(OptionValues values, params string?[] engines)
    {
        if (engines.Contains(TrainingEngines.Torch))
        {
            return;
        }

        if (values.Get(_device) is string device && device != TrainingEngines.Processor)
        {
            throw new UsageException($"--device {device} needs --engine torch; generated code computes on the processor");
        }

        ProductPrecision precision = PrecisionOf(values);
        if (precision != ProductPrecision.Float32)
        {
            throw new UsageException($"--precision {CliOption.NameOf(precision)} needs --engine torch; generated code multiplies in float32");
        }
    }

    private ProductPrecision PrecisionOf(OptionValues values) => values.Get(_precision) ?? ProductPrecision.Float32;

    private ITrainingEngine Create(string? name, OptionValues values, SessionLoader loader) => name == TrainingEngines.Torch
        ? TrainingEngines.CreateTorch(values.Get(_device) ?? TrainingEngines.Processor, PrecisionOf(values))
        : new GeneratedEngine(loader);
}
