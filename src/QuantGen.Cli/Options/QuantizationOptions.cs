using System.CommandLine;
using System.Globalization;
using QuantGen.Cli.Conventions;
using QuantGen.Cli.Models;
using QuantGen.Graph;
using QuantGen.Schemes;
using QuantGen.Specs;

namespace QuantGen.Cli.Options;

/// <summary>The options that say how a checkpoint is quantized; they are those of the attribute.</summary>
internal sealed class QuantizationOptions
{
    private static readonly SpecOptions s_defaults = new();
    private static readonly Recipe s_recipe = new();

    private readonly Option<int?> _bits =
        CliOption.OneOf("--bits", $"Bits of a weight, or 32 for full precision; {LegalBits.Describe(storage => storage.Bits)}.", LegalBits.OfWeights);
    private readonly Option<int> _groups =
        CliOption.Number("--groups", "Groups of output rows per matrix, each with a scale of its own; must divide the rows.", s_defaults.GroupCount, least: 1);
    private readonly Option<int> _groupSize =
        CliOption.Number("--group-size", "Inputs that share a scale, a multiple of 32, or 0 for whole rows; excludes --groups.", s_defaults.GroupSize,
        least: 0);
    private readonly Option<int?> _embeddingBits = CliOption.OneOf("--embedding-bits", LegalBits.EmbeddingHelp, LegalBits.OfEmbeddings);
    private readonly Option<int?> _positionBits = CliOption.OneOf("--position-bits", LegalBits.PositionHelp, LegalBits.OfPositions);
    private readonly Option<int?> _activationBits = CliOption.OneOf(
        "--activation-bits",
        "Bits of activations that enter products of integers, 1 with --bits 1; 32 where codebooks leave none. [default: 8, or 32 with codebooks]",
        LegalBits.OfActivations);
    private readonly Option<int?> _attentionBits = CliOption.OneOf(
        "--attention-bits",
        "Bits of what attention multiplies, or 32 for full precision. [default: 32, or 8 without floats, or as activations where every operation is rounded]",
        LegalBits.OfAttention);
    private readonly Option<Numerics?> _numerics = CliOption.Choice<Numerics>(
        "--numerics",
        "What is computed with between products of codes: integer leaves no float before the outputs, quantized rounds every operation. "
            + "[default: float, or quantized with --scheme fullyqt]",
        null);
    private readonly Option<string?> _plan =
        CliOption.Text("--plan", "FILE", "A JSON file with storage, bits, groups, mapping, scheme and clipping per matrix; wins over the other options.");
    private readonly Option<string[]> _layerBits =
        CliOption.Texts("--layer-bits", "PATTERN=N",
        "Bits of the matrices that match a pattern, such as encoder.layer.0-3.*=4; may be repeated, later ones win.");
    private readonly Option<Scheme?> _scheme =
        CliOption.Scheme("--scheme", "Who finds the codes of weights; k-means and linear-clusters give each matrix a codebook.", s_recipe.Scheme);
    private readonly Option<Scheme?> _embeddingScheme =
        CliOption.Scheme("--embedding-scheme", "Who finds the codes of the word embedding, instead of --scheme.", null);
    private readonly Option<Mapping?> _mapping =
        CliOption.Choice<Mapping>("--mapping", "Codes around zero, or over the range of the values.", s_defaults.Mapping);
    private readonly Option<Clipping?> _clipping =
        CliOption.Choice<Clipping>("--clipping", "How ranges of weights and of static activations are found.", s_recipe.Clipping);
    private readonly Option<BertHead?> _head =
        CliOption.Choice<BertHead>("--head", "What stands on top of the encoder, instead of what config.json says.", null);

    public void AddTo(Command command)
    {
        foreach (Option option in All)
        {
            command.Add(option);
        }
    }

    /// <summary>Gets the bits of a weight.</summary>
    public Option Bits => _bits;

    /// <summary>Gets the first of these options that the command line names; null when it names none.</summary>
    public string? FirstGiven(OptionValues values) => All.Append(Attention).FirstOrDefault(values.Has)?.Name;

    /// <summary>Gets how attention weighs values, for commands that need no weights: a checkpoint's attention is what it was trained with.</summary>
    public Option<AttentionKind?> Attention { get; } = CliOption.Choice<AttentionKind>(
        "--attention", "How attention weighs values: boolean adds up signs. [default: softmax]", null);

    /// <summary>Gets what is said about floats; null where nothing is.</summary>
    public Numerics? Numerics(OptionValues values) => values.Get(_numerics);

    /// <summary>Builds the model of some dimensions and the recipe for its codes.</summary>
    /// <param name="values">The command line; without bits the model keeps full precision.</param>
    /// <param name="config">The dimensions.</param>
    /// <param name="range">Where activation ranges come from; null for the default.</param>
    /// <param name="usual">What the model computes with where the command line does not say it.</param>
    public (ModelSpec Spec, Recipe Recipe) Model(
        OptionValues values, ModelConfig config, ActivationRange? range = null, Numerics usual = QuantGen.Numerics.Float)
    {
        QuantizationPlan plan = values.Get(_plan) is string file ? ReadPlan(file) : QuantizationPlan.Empty;
        Scheme? scheme = values.Get(_scheme);
        Numerics numerics = Numerics(values) ?? (scheme is Scheme own && WeightSchemes.Of(own).KeepsRanges ? QuantGen.Numerics.Quantized : usual);
        var recipe = new Recipe
        {
            Scheme = scheme ?? (numerics == QuantGen.Numerics.Quantized ? Scheme.FullyQt : s_recipe.Scheme),
            EmbeddingScheme = values.Get(_embeddingScheme),
            Clipping = values.Get(_clipping) ?? s_recipe.Clipping,
            Matrices = plan.Recipe,
        };
        var options = new SpecOptions
        {
            Bits = values.Get(_bits) ?? s_defaults.Bits,
            GroupCount = values.Get(_groups),
            GroupSize = values.Get(_groupSize),
            EmbeddingBits = values.Get(_embeddingBits),
            PositionBits = values.Get(_positionBits) ?? s_defaults.PositionBits,
            Storage = WeightSchemes.Of(recipe.Scheme).Storage,
            EmbeddingStorage = recipe.EmbeddingScheme is Scheme embedding ? WeightSchemes.Of(embedding).Storage : null,
            Mapping = values.Get(_mapping) ?? s_defaults.Mapping,
            ActivationBits = values.Get(_activationBits),
            AttentionBits = values.Get(_attentionBits),
            Numerics = numerics,
            Attention = values.Get(Attention) ?? AttentionKind.Softmax,
            ActivationRange = range,
            Head = values.Get(_head) ?? config.Head,
            LayerBits = new EquatableArray<LayerBitsRule>((values.Get(_layerBits) ?? []).Select(ParseRule)),
            Plan = plan.Identity,
        };
        if (numerics == QuantGen.Numerics.Quantized && options.Bits == Defaults.FullPrecisionBits)
        {
            throw new UsageException("--numerics quantized needs --bits 2 to 8: weights are operands, too");
        }

        return (ModelSpecs.Quantized(config, options, recipe), recipe);
    }

    /// <summary>Gets the option that says how ranges are found.</summary>
    public Option Clipping => _clipping;

    private Option[] All =>
    [
        _bits, _groups, _groupSize, _embeddingBits, _positionBits, _activationBits, _attentionBits, _numerics, _plan, _layerBits, _scheme, _embeddingScheme,
        _mapping, _clipping, _head,
    ];

    private static LayerBitsRule ParseRule(string text)
    {
        int equals = text.LastIndexOf('=');
        return equals > 0 && int.TryParse(text.AsSpan(equals + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int bits)
            ? new LayerBitsRule(text[..equals], bits)
            : throw new UsageException($"--layer-bits takes PATTERN=N such as encoder.layer.0-3.*=4, and it is '{text}'");
    }

    private static QuantizationPlan ReadPlan(string path)
    {
        var issues = new List<SpecIssue>();
        QuantizationPlan plan = QuantizationPlanReader.Read(File.ReadAllText(path), path, issues);
        return issues.Count == 0 ? plan : throw new InvalidDataException(string.Join("; ", issues.Select(issue => issue.Message)));
    }
}
