using System.CommandLine;
using System.Globalization;
using QuantGen.Cli.Conventions;
using QuantGen.Cli.Models;
using QuantGen.Specs;

namespace QuantGen.Cli.Options;

/// <summary>The options that say how a checkpoint is quantized; they are those of the attribute.</summary>
internal sealed class QuantizationOptions
{
    public const int DefaultEmbeddingBits = 8;

    private readonly Option<int?> _bits = CliOption.OneOf(
        "--bits", "Bits of a weight: 1, 2, 3, 4, 8, or 32 for full precision; 1 to 5 with a codebook.", 1, 2, 3, 4, 5, 8, 32);
    private readonly Option<int> _groups = CliOption.Number(
        "--groups", "Groups of output rows per matrix, each with a scale of its own; must divide the rows.", 1, least: 1);
    private readonly Option<int> _groupSize = CliOption.Number(
        "--group-size", "Inputs that share a scale, a multiple of 32, or 0 for whole rows; excludes --groups.", 0, least: 0);
    private readonly Option<int?> _embeddingBits = CliOption.OneOf(
        "--embedding-bits",
        "Bits of the word embedding: 2, 4, 8 or 32; 1 to 5 or 32 with a codebook. [default: 8; those of --bits with a codebook or when they are 32]", 1, 2, 3,
        4, 5, 8, 32);
    private readonly Option<int?> _activationBits = CliOption.OneOf(
        "--activation-bits", "Bits of activations that enter products of integers: 2, 4 or 8; 32 where codebooks leave none. [default: 8]", 2, 4, 8, 32);
    private readonly Option<int?> _attentionBits = CliOption.OneOf(
        "--attention-bits", "Bits of what attention multiplies: 2, 4 or 8, or 32 for full precision. [default: 32]", 2, 4, 8, 32);
    private readonly Option<string?> _plan = CliOption.Text(
        "--plan", "FILE", "A JSON file with bits, groups, mapping and clipping per matrix; wins over the other options.");
    private readonly Option<string[]> _layerBits = CliOption.Texts(
        "--layer-bits", "PATTERN=N", "Bits of the matrices that match a pattern, such as encoder.layer.0-3.*=4; may be repeated, later ones win.");
    private readonly Option<Scheme?> _scheme = CliOption.Choice<Scheme>(
        "--scheme", "The family of weight quantizers; k-means and linear-clusters give each matrix a codebook.", QuantGen.Scheme.Linear);
    private readonly Option<Scheme?> _embeddingScheme = CliOption.Choice<Scheme>(
        "--embedding-scheme", "The family of the word embedding's quantizer, instead of that of --scheme.", null);
    private readonly Option<Mapping?> _mapping = CliOption.Choice<Mapping>(
        "--mapping", "Codes around zero, or over the range of the values.", Mapping.Symmetric);
    private readonly Option<Clipping?> _clipping = CliOption.Choice<Clipping>(
        "--clipping", "How ranges of weights and of static activations are found.", QuantGen.Clipping.Mse);
    private readonly Option<BertHead?> _head = CliOption.Choice<BertHead>(
        "--head", "What stands on top of the encoder, instead of what config.json says.", null);

    public void AddTo(Command command)
    {
        foreach (Option option in All)
        {
            command.Add(option);
        }
    }

    /// <summary>Makes the bits of a weight an option that must be given.</summary>
    public QuantizationOptions RequireBits()
    {
        _bits.Required = true;
        return this;
    }

    public Clipping Clipping(OptionValues values) => values.Get(_clipping) ?? QuantGen.Clipping.Mse;

    public Scheme Scheme(OptionValues values) => values.Get(_scheme) ?? QuantGen.Scheme.Linear;

    /// <summary>Gets the first of these options that the command line names; null when it names none.</summary>
    public string? FirstGiven(OptionValues values) => All.FirstOrDefault(values.Has)?.Name;

    /// <summary>Builds the model of some dimensions.</summary>
    /// <param name="values">The command line; without bits the model keeps full precision.</param>
    /// <param name="config">The dimensions.</param>
    /// <param name="range">Where activation ranges come from.</param>
    public ModelSpec Spec(OptionValues values, ModelConfig config, ActivationRange range = ActivationRange.PerToken)
    {
        int bits = values.Get(_bits) ?? 32;
        Scheme scheme = Scheme(values);
        return ModelSpecs.Quantized(config, new SpecOptions
        {
            Bits = bits,
            GroupCount = values.Get(_groups),
            GroupSize = values.Get(_groupSize),
            EmbeddingBits = values.Get(_embeddingBits) ?? (bits == 32 || MatrixSpec.IsCodebook(scheme) ? bits : DefaultEmbeddingBits),
            Scheme = scheme,
            Mapping = values.Get(_mapping) ?? Mapping.Symmetric,
            Clipping = Clipping(values),
            EmbeddingScheme = values.Get(_embeddingScheme),
            ActivationBits = values.Get(_activationBits),
            AttentionBits = values.Get(_attentionBits) ?? 32,
            ActivationRange = range,
            Head = values.Get(_head) ?? config.Head,
            LayerBits = new EquatableArray<LayerBitsRule>((values.Get(_layerBits) ?? []).Select(ParseRule)),
            Plan = values.Get(_plan) is string plan ? ReadPlan(plan) : default,
        });
    }

    private Option[] All =>
        [_bits, _groups, _groupSize, _embeddingBits, _activationBits, _attentionBits, _plan, _layerBits, _scheme, _embeddingScheme, _mapping, _clipping, _head];

    private static LayerBitsRule ParseRule(string text)
    {
        int equals = text.LastIndexOf('=');
        return equals > 0 && int.TryParse(text.AsSpan(equals + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int bits)
            ? new LayerBitsRule(text[..equals], bits)
            : throw new UsageException($"--layer-bits takes PATTERN=N such as encoder.layer.0-3.*=4, and it is '{text}'");
    }

    private static EquatableArray<PlanEntry> ReadPlan(string path)
    {
        var issues = new List<SpecIssue>();
        EquatableArray<PlanEntry> plan = QuantizationPlanReader.Read(File.ReadAllText(path), path, issues);
        return issues.Count == 0 ? plan : throw new InvalidDataException(string.Join("; ", issues.Select(issue => issue.Message)));
    }
}
