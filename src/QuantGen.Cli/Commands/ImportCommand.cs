using System.CommandLine;
using System.Globalization;
using System.Text;
using QuantGen.Checkpoints;
using QuantGen.Cli.Conventions;
using QuantGen.Cli.Models;
using QuantGen.Cli.Options;
using QuantGen.Cli.Reporting;
using QuantGen.Files;
using QuantGen.Graph;
using QuantGen.Onnx;

namespace QuantGen.Cli.Commands;

/// <summary>Makes a checkpoint in Hugging Face layout of a model that was exported to ONNX.</summary>
internal sealed class ImportCommand : CliCommand
{
    private const string Weights = "model.safetensors";
    private readonly Argument<string> _model;
    private readonly Option<string?> _vocabulary;
    private readonly Option<string?> _tokenizer;
    private readonly Option<string?> _config;
    private readonly Option<string?> _output;

    public ImportCommand(CliStreams streams)
        : base("import", "Make a checkpoint of an exported ONNX model.", streams)
    {
        _model = WithPath("MODEL", "An ONNX file in floats, exported from a BERT, ALBERT, DistilBERT or ELECTRA; optimized for ONNX Runtime or not.");
        _vocabulary = With(CliOption.Text("--vocabulary", "FILE", "The model's vocab.txt."));
        _tokenizer = With(CliOption.Text("--tokenizer", "FILE", "The model's tokenizer.json, instead of the vocabulary or beside it."));
        _config = With(CliOption.Text("--config", "FILE", "The model's config.json; without it all dimensions are found in the graph."));
        _output = With(CliOption.Text("--output", "DIR", "The folder to write.", "-o"));
        _output.Required = true;
    }

    protected override void Execute(OptionValues values, Report report, CancellationToken cancellation)
    {
        string model = values.Get(_model);
        string output = values.Get(_output)!;
        string? configFile = values.Get(_config);
        var tokenizer = ImportedTokenizer.Read(values.Get(_vocabulary), values.Get(_tokenizer));
        RequireOtherFolder(output, [model, configFile, values.Get(_vocabulary), values.Get(_tokenizer)]);
        if (Directory.Exists(model))
        {
            throw new UsageException($"import takes a file, and '{model}' is a folder");
        }

        string? configText = configFile is null ? null : File.ReadAllText(configFile);
        ModelConfig? known = configText is null ? null : ConfigFile.Parse(configText, configFile!);
        using OnnxFile file = OnnxFile.Open(model);
        OnnxEncoder encoder = OnnxEncoder.Find(file, known);
        encoder.RequireTensorsOf(ModelSpecs.FullPrecision(encoder.Config, null));
        tokenizer.RequireRows(encoder.Config.VocabularySize);
        cancellation.ThrowIfCancellationRequested();
        var weights = new SafetensorsWriter();
        weights.AddMetadata("format", "pt");
        encoder.AddTo(weights);
        string config = ImportedConfig.Text(configText, known, encoder.Config);
        Directory.CreateDirectory(output);

        // The weights come last, so that a folder with weights is whole.
        AtomicFile.WriteAll(
        [
            InFolder("config.json", Encoding.UTF8.GetBytes(config)),
            .. tokenizer.Files.Select(entry => InFolder(entry.Name, entry.Bytes)),
            (Path.Combine(output, Weights), weights.Write),
        ]);
        Write(report, output, encoder);

        (string, Action<Stream>) InFolder(string name, byte[] bytes) => (Path.Combine(output, name), stream => stream.Write(bytes));
    }

    // What is imported must not be overwritten by what comes of it: its folder may hold the checkpoint it was exported from.
    private static void RequireOtherFolder(string output, string?[] inputs)
    {
        string folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(output));
        if (Array.Find(inputs, input => input is not null && Path.GetDirectoryName(Path.GetFullPath(input)) == folder) is string inside)
        {
            throw new UsageException($"--output is the folder of '{inside}', whose files would be overwritten; name another");
        }
    }

    private static void Write(Report report, string output, OnnxEncoder encoder)
    {
        ModelConfig d = encoder.Config;
        if (report.IsJson)
        {
            report.Json(new
            {
                Output = output,
                Architecture = QuantGen.Specs.SpecNames.Of(d.Architecture),
                d.Layers,
                d.HiddenSize,
                d.Heads,
                d.IntermediateSize,
                d.VocabularySize,
                d.MaxPositions,
                Head = QuantGen.Specs.SpecNames.Of(d.Head),
                Tensors = encoder.TensorCount,
            });
            return;
        }

        report.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{QuantGen.Specs.SpecNames.Of(d.Architecture)}, {d.Layers} layers, hidden {d.HiddenSize}, {d.Heads} heads, feed-forward {d.IntermediateSize}, " +
                $"vocabulary {d.VocabularySize}, {d.MaxPositions} positions, head {QuantGen.Specs.SpecNames.Of(d.Head)}"));
        report.Line($"{encoder.TensorCount} tensors written to {output}");
    }
}
