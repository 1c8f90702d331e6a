using System.CommandLine;
using System.Globalization;
using QuantGen.Cli.Conventions;
using QuantGen.Cli.Inspecting;
using QuantGen.Cli.Models;
using QuantGen.Cli.Options;
using QuantGen.Cli.Reporting;

namespace QuantGen.Cli.Commands;

/// <summary>Shows what a model is made of.</summary>
internal sealed class InspectCommand : CliCommand
{
    // What papers count for.
    private const int FlopTokens = 128;

    private readonly Argument<string> _path;

    public InspectCommand(CliStreams streams)
        : base("inspect", "Show dimensions, tensors, bits and where every byte goes.", streams)
    {
        _path = WithPath("PATH", "A checkpoint directory in Hugging Face layout or a packed file.");
    }

    protected override void Execute(OptionValues values, Report report, CancellationToken cancellation)
    {
        string path = values.Get(_path);
        Inspection inspection = ModelPath.IsDirectory(path) ? Inspection.OfDirectory(path) : Inspection.OfFile(path);
        if (report.IsJson)
        {
            report.Json(new
            {
                Architecture = QuantGen.Specs.SpecNames.Of(inspection.Spec.Dimensions.Architecture),
                inspection.Spec.Dimensions.Layers,
                inspection.Spec.Dimensions.HiddenSize,
                inspection.Spec.Dimensions.Heads,
                inspection.Spec.Dimensions.IntermediateSize,
                inspection.Spec.Dimensions.VocabularySize,
                inspection.Spec.Dimensions.MaxPositions,
                Head = QuantGen.Specs.SpecNames.Of(inspection.Spec.Head),
                inspection.Labels,
                Ensemble = inspection.Votes.Count == 0 ? null : new { inspection.Votes, inspection.SharedLayers },
                inspection.Parameters,
                inspection.BytesTotal,
                inspection.Bytes,
                BitsPerWeight = Math.Round(inspection.BitsPerWeight, 4),
                ActivationBits = HasCodes(inspection) ? inspection.Spec.ActivationBits : QuantGen.Defaults.FullPrecisionBits,
                Numerics = QuantGen.Specs.SpecNames.Of(inspection.Spec.Numerics),
                Attention = QuantGen.Specs.SpecNames.Of(inspection.Spec.Attention),
                ActivationRange = HasCodes(inspection) ? QuantGen.Specs.SpecNames.Of(inspection.Spec.ActivationRange) : null,
                inspection.Spec.AttentionBits,
                Gigaflops = Math.Round(Gigaflops(inspection), 6),
                inspection.SpecSha256,
                Recipe = inspection.Recipe is { } recipe ? System.Text.Json.Nodes.JsonNode.Parse(QuantGen.Specs.RecipeJson.Write(recipe)) : null,
                inspection.Plan,
                Tensors = inspection.Tensors.Select(tensor => new { tensor.Name, tensor.Type, tensor.Shape, tensor.Bytes }),
            });
            return;
        }

        Write(report, inspection);
    }

    private static void Write(Report report, Inspection inspection)
    {
        QuantGen.Graph.ModelConfig d = inspection.Spec.Dimensions;
        report.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{QuantGen.Specs.SpecNames.Of(d.Architecture)}, {d.Layers} layers, hidden {d.HiddenSize}, {d.Heads} heads, feed-forward {d.IntermediateSize}, " +
                $"vocabulary {d.VocabularySize}, {d.MaxPositions} positions"));
        report.Line(
            $"head {QuantGen.Specs.SpecNames.Of(inspection.Spec.Head)}{(inspection.Labels.Count == 0 ? "" : ": " + string.Join(", ", inspection.Labels))}");
        if (inspection.Votes.Count > 0)
        {
            report.Line(string.Create(
                CultureInfo.InvariantCulture,
                $"an ensemble of {inspection.Votes.Count} such models, which share {Shared(inspection)}; their votes weigh " +
                    $"{string.Join(", ", inspection.Votes.Select(vote => vote.ToString("0.0000", CultureInfo.InvariantCulture)))}"));
        }

        var tensors = new TextTable("tensor", "type", "shape", "bytes");
        foreach (TensorRow tensor in inspection.Tensors)
        {
            tensors.Add(tensor.Name, tensor.Type, string.Join(" x ", tensor.Shape), Number(tensor.Bytes));
        }

        report.Table(tensors);
        var ledger = new TextTable("bytes of", "bytes", "share");
        foreach ((string name, long bytes) in inspection.Bytes)
        {
            ledger.Add(name, Number(bytes), Share(bytes, inspection.BytesTotal));
        }

        ledger.Add("total", Number(inspection.BytesTotal), Share(inspection.BytesTotal, inspection.BytesTotal));
        report.Table(ledger);
        report.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{inspection.Parameters:N0} parameters, {inspection.BitsPerWeight:0.###} bits per weight of the linear layers, scales included"));
        if (HasCodes(inspection))
        {
            report.Line(string.Create(
                CultureInfo.InvariantCulture,
                $"activations have {inspection.Spec.ActivationBits} bits, range {QuantGen.Specs.SpecNames.Of(inspection.Spec.ActivationRange)}, " +
                    $"and attention multiplies {(inspection.Spec.Attention == AttentionKind.Boolean ? 1 : inspection.Spec.AttentionBits)} bits"));
        }

        if (inspection.Spec.IsInteger)
        {
            report.Line("numerics integer: there is no float between token ids and outputs");
        }

        if (inspection.Spec.IsRounded)
        {
            report.Line("numerics quantized: operands and results of all operations but sums are codes");
        }

        report.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{Gigaflops(inspection):0.###} GFLOPs for {FlopTokens} tokens as papers count them, m by n bits being m n / 64"));
        if (inspection.Plan is string plan)
        {
            report.Line($"plan {plan}");
        }

        report.Line($"spec {inspection.SpecSha256}");
        if (inspection.Recipe is not null)
        {
            report.Line($"recipe {QuantGen.Specs.RecipeJson.Write(inspection.Recipe)}");
        }
    }

    private static string Shared(Inspection inspection) => inspection.SharedLayers == 0 ? "what is before the first layer"
        : string.Create(CultureInfo.InvariantCulture, $"the embeddings and {inspection.SharedLayers} of the layers, listed once");

    // Of an ensemble all members count, with what they do not share.
    private static double Gigaflops(Inspection inspection) => (ModelSize.Flops(inspection.Spec, FlopTokens)
        + (Math.Max(0, inspection.Votes.Count - 1) * ModelSize.Flops(inspection.Spec, FlopTokens, inspection.SharedLayers))) / 1e9;

    private static bool HasCodes(Inspection inspection) => inspection.Spec.Matrices.Any(matrix => matrix.HasIntegerProduct);

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Share(long part, long whole) => ((double)part / whole).ToString("0.0%", CultureInfo.InvariantCulture);
}
