using System.CommandLine;
using QuantGen.Cli.Conventions;
using QuantGen.Cli.Engines;
using QuantGen.Cli.Models;
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
    }

    /// <summary>Makes the engine of the model that is trained.</summary>
    /// <param name="values">The command line.</param>
    /// <param name="loader">Compiles generated code.</param>
    /// <exception cref="UsageException">The engine is not in this build or does not compute there.</exception>
    public ITrainingEngine Engine(OptionValues values, SessionLoader loader)
    {
        RequireDeviceFor(values, values.Get(_engine));
        return Create(values.Get(_engine), values, loader);
    }

    /// <summary>Makes the engines of the model that is trained and of its teacher.</summary>
    /// <param name="values">The command line.</param>
    /// <param name="loader">Compiles generated code.</param>
    /// <exception cref="UsageException">An engine is not in this build or does not compute there.</exception>
    public (ITrainingEngine Engine, ITrainingEngine Teacher) Engines(OptionValues values, SessionLoader loader)
    {
        string? teacher = values.Get(_teacherEngine) ?? values.Get(_engine);
        RequireDeviceFor(values, values.Get(_engine), teacher);
        return (Create(values.Get(_engine), values, loader), Create(teacher, values, loader));
    }

    private void RequireDeviceFor(OptionValues values, params string?[] engines)
    {
        if (values.Get(_device) is string device && device != TrainingEngines.Processor && !engines.Contains(TrainingEngines.Torch))
        {
            throw new UsageException($"--device {device} needs --engine torch; generated code computes on the processor");
        }
    }

    private ITrainingEngine Create(string? name, OptionValues values, SessionLoader loader) => name == TrainingEngines.Torch
        ? TrainingEngines.CreateTorch(values.Get(_device) ?? TrainingEngines.Processor)
        : new GeneratedEngine(loader);
}
