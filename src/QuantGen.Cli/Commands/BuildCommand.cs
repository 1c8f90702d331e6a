using System.CommandLine;
using System.Globalization;
using QuantGen.Cli.Compilation;
using QuantGen.Cli.Conventions;
using QuantGen.Cli.Exporting;
using QuantGen.Cli.Models;
using QuantGen.Cli.Options;
using QuantGen.Cli.Reporting;
using QuantGen.Files;
using QuantGen.Packed;
using QuantGen.Specs;
using QuantGen.Training.PostTraining;

namespace QuantGen.Cli.Commands;

/// <summary>Compiles a model into an assembly.</summary>
internal sealed class BuildCommand : CliCommand
{
    private readonly Argument<string> _path;
    private readonly Option<string?> _output;
    private readonly QuantizationOptions _quantization = new();
    private readonly Option<string?> _class;
    private readonly Option<string?> _namespace;
    private readonly Option<int?> _maxSequenceLength;
    private readonly Option<int> _batchTokens;
    private readonly Option<bool> _source;
    private readonly Option<string?> _export;

    public BuildCommand(CliStreams streams)
        : base("build", "Compile a model into an assembly with one public class, and put its packed file beside it; or write it as C.", streams)
    {
        _path = WithPath("DIR-OR-FILE", "A checkpoint directory, quantized as the options below say, or a packed file as it is.");
        _output = With(CliOption.Text("--output", "OUTDIR", "The folder for the assembly and its packed file.", "-o"));
        _output.Required = true;
        _quantization.AddTo(this);
        _class = With(CliOption.Text("--class", "NAME", "The name of the class and of the files. [default: from the name of DIR-OR-FILE]"));
        _namespace = With(CliOption.Text("--namespace", "NAME", "The namespace of the class. [default: from the name of DIR-OR-FILE]"));
        _maxSequenceLength = With(
            CliOption.OptionalNumber(
                "--max-sequence-length", "The longest sequence in tokens that the memory plan provides for. [default: all positions of the model]", least: 3));
        _batchTokens = With(CliOption.Number("--batch-tokens", "The most tokens of one pass.", CompilationTarget.DefaultBatchTokens, least: 1, most: 1 << 20));
        _source = With(new Option<bool>("--source") { Description = "Also write the project that makes the assembly, with the generated code to read." });
        _export = With(CliOption.OneOf("--export", "Write a model of integers (--numerics integer) as one C99 file and its header instead.", "c"));
    }

    protected override void Execute(OptionValues values, Report report, CancellationToken cancellation)
    {
        using PackedModel model = Open(values, report, cancellation);
        CompilationTarget target = Target(values, model.Spec);
        if (values.Has(_export))
        {
            Export(values, model, target, report, cancellation);
            return;
        }

        ModelClass source = ModelClass.Of(SpecOutput.Of(model), target);
        CompiledModel compiled = report.WithProgress("compile", _ => ModelCompiler.Compile(source, target.ClassName, cancellation));

        // Loading it is the proof that it is for this model.
        ProgramAssembly.Load(compiled.Assembly, target, model.Spec);
        string directory = values.Get(_output)!;
        Directory.CreateDirectory(directory);
        string assembly = Path.Combine(directory, target.ClassName + ".dll");
        string packed = Path.Combine(directory, target.ClassName + SpecOutput.PackedExtension);
        AtomicFile.Write(assembly, stream => stream.Write(compiled.Assembly));
        SpecOutput.Save(model, packed);
        IReadOnlyList<string> sources = values.Get(_source)
            ? ModelProject.Write(Path.Combine(directory, target.ClassName), target.ClassName, source, compiled,
            Path.Combine("..", target.ClassName + SpecOutput.PackedExtension))
            : [];
        Write(report, target, assembly, compiled.Assembly.Length, packed, model.FileLength, sources);
    }

    private void Export(OptionValues values, PackedModel model, CompilationTarget target, Report report, CancellationToken cancellation)
    {
        if (values.Has(_source) || values.Has(_namespace) || values.Has(_batchTokens))
        {
            throw new UsageException($"{_export.Name} writes C, which has no {_source.Name}, {_namespace.Name} and {_batchTokens.Name}");
        }

        if (!target.ClassName.All(char.IsAscii))
        {
            throw new UsageException($"{_export.Name} c makes C names of {_class.Name}, which takes ASCII letters, and it is '{target.ClassName}'");
        }

        if (!model.Spec.IsInteger)
        {
            throw new InvalidDataException(
                $"{model.Name}: only a model of integers is written as C, and this one has floats; quantize it with --numerics integer");
        }

        string directory = values.Get(_output)!;
        Directory.CreateDirectory(directory);
        var c = new CTarget(CTarget.NameOf(target.ClassName), target.MaxSequenceLength, target.ClassName);
        (string source, string header) = report.WithProgress("write", _ => CExport.Write(model, c, directory, cancellation));
        (long sourceBytes, long headerBytes) = (new FileInfo(source).Length, new FileInfo(header).Length);
        if (report.IsJson)
        {
            report.Json(new { Source = source, Header = header, Function = c.Name + "_run", SourceBytes = sourceBytes, HeaderBytes = headerBytes });
            return;
        }

        var table = new TextTable("file", "bytes");
        table.Add(source, sourceBytes.ToString("N0", CultureInfo.InvariantCulture));
        table.Add(header, headerBytes.ToString("N0", CultureInfo.InvariantCulture));
        report.Table(table);
        report.Line($"function {c.Name}_run, for up to {c.MaxTokens} tokens");
    }

    private static void Write(
        Report report, CompilationTarget target, string assembly, long assemblyBytes, string packed, long packedBytes, IReadOnlyList<string> sources)
    {
        if (report.IsJson)
        {
            report.Json(new
            {
                Assembly = assembly,
                Model = packed,
                Class = target.FullName,
                Bytes = assemblyBytes,
                ModelBytes = packedBytes,
                SourceFiles = sources,
            });
            return;
        }

        var table = new TextTable("file", "bytes");
        table.Add(assembly, assemblyBytes.ToString("N0", CultureInfo.InvariantCulture));
        table.Add(packed, packedBytes.ToString("N0", CultureInfo.InvariantCulture));
        foreach (string file in sources)
        {
            table.Add(file, new FileInfo(file).Length.ToString("N0", CultureInfo.InvariantCulture));
        }

        report.Table(table);
        report.Line($"class {target.FullName}");
    }

    private PackedModel Open(OptionValues values, Report report, CancellationToken cancellation)
    {
        string path = values.Get(_path);
        if (!ModelPath.IsDirectory(path))
        {
            return _quantization.FirstGiven(values) is string option
                ? throw new UsageException($"{option} needs a checkpoint directory; a packed file is compiled as it is")
                : PackedModel.Open(path);
        }

        using CheckpointModel checkpoint = CheckpointModel.Open(path);
        (ModelSpec spec, Recipe recipe) = _quantization.Model(values, checkpoint.Config);
        if (spec.HasBitActivations)
        {
            throw new UsageException("--activation-bits 1 needs calibrated scales; quantize the checkpoint first, with --calibration");
        }

        if (spec.IsInteger)
        {
            throw new UsageException("--numerics integer needs calibrated ranges; quantize the checkpoint first, with --calibration");
        }

        if (spec.HasQuantizedAttention)
        {
            throw new UsageException("--attention-bits needs calibrated ranges; quantize the checkpoint first, with --calibration");
        }

        PostTrainingOptions options = checkpoint.OptionsFor(spec, checkpoint.OpenSentence(spec.Head)) with { Recipe = recipe };
        return report.WithProgress(
            "quantize",
            progress => PostTrainingQuantizer.Quantize(checkpoint.Checkpoint, spec, options with { Progress = progress }, cancellation)).Builder.Build(path);
    }

    private CompilationTarget Target(OptionValues values, ModelSpec spec)
    {
        string name = ClassNames.FromPath(values.Get(_path));
        string @class = values.Get(_class) ?? name + "Model";
        string @namespace = values.Get(_namespace) ?? name;
        int positions = spec.Dimensions.MaxPositions;
        int length = values.Get(_maxSequenceLength) ?? positions;
        if (!ClassNames.IsIdentifier(@class))
        {
            throw new UsageException($"--class takes a C# name, and it is '{@class}'");
        }

        if (!@namespace.Split('.').All(ClassNames.IsIdentifier))
        {
            throw new UsageException($"--namespace takes C# names joined by dots, and it is '{@namespace}'");
        }

        return length <= positions
            ? new CompilationTarget(@namespace, @class, length, Math.Max(length, values.Get(_batchTokens)))
            : throw new UsageException(FormattableString.Invariant($"--max-sequence-length is {length}, and this model has positions for {positions} tokens"));
    }
}
