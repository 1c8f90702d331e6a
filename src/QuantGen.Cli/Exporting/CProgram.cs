using System.Globalization;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Cli.Exporting;

/// <summary>Writes a model's forward pass as a C function: between two attentions each token goes through all steps alone, so that only what attention or a
/// later run reads has room for every token.</summary>
internal sealed class CProgram
{
    private const string Outputs = "outputs";

    private readonly ModelSpec _spec;
    private readonly List<(AttentionNode? Attention, List<Node> Steps)> _runs = [(null, [])];
    private readonly Dictionary<string, string> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _columns = new(StringComparer.Ordinal);
    private readonly HashSet<string> _kept = new(StringComparer.Ordinal);

    /// <summary>Follows the values of a model.</summary>
    /// <param name="spec">A model of integers.</param>
    public CProgram(ModelSpec spec)
    {
        _spec = spec;
        var written = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (Node node in spec.Graph.Nodes)
        {
            if (node is AttentionNode attention)
            {
                _runs.Add((attention, []));
            }
            else
            {
                _runs[^1].Steps.Add(node);
            }

            _kept.UnionWith(node.Inputs.Select(PlaceOf).Where(place => written[place] != _runs.Count));

            // Contexts take the place of queries.
            string place = node is AttentionNode || ValuePlan.IsInPlace(node) ? PlaceOf(node.Inputs[0]) : node.Output == Values.Logits ? Outputs : node.Output;
            _places[node.Output] = place;
            _columns[place] = Math.Max(_columns.GetValueOrDefault(place), node.Columns);
            written[place] = _runs.Count;
        }

        _columns.Remove(Outputs);
    }

    /// <summary>Gets the numbers of a result: of the sequence where the head is pooled, else of a token.</summary>
    public int OutputColumns => _spec.Graph.OutputLayer?.Rows ?? _spec.Dimensions.HiddenSize;

    /// <summary>Gets the 32-bit numbers of working memory for a token, and those that are there once.</summary>
    public (int PerToken, int Once) Work =>
        (_kept.Sum(place => _columns[place]) + 1, _columns.Keys.Except(_kept).Sum(place => _columns[place]) + ((MostColumns + 3) / 4));

    private int MostColumns => _spec.Graph.Matrices.Max(linear => linear.Width);

    /// <summary>Writes the function.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="target">Names.</param>
    public void Write(TextWriter to, CTarget target)
    {
        bool hasTypes = _spec.Graph.Words.Types > 0;
        string badType = hasTypes ? $" || types[t] >= {N(_spec.Dimensions.TypeVocabularySize)}" : string.Empty;
        to.Write($"int {target.Name}_run(const int32_t *ids, const uint8_t *types, int32_t tokens, int32_t *work, int32_t *outputs)\n");
        to.Write("{\n    int32_t t;\n");
        Buffers(to);
        if (!hasTypes)
        {
            to.Write("    (void)types;\n");
        }

        to.Write(
            $$"""
                if (tokens < 1 || tokens > {{target.Prefix}}_MAX_TOKENS) {
                    return {{target.Prefix}}_BAD_LENGTH;
                }
                for (t = 0; t < tokens; t++) {
                    if (ids[t] < 0 || ids[t] >= {{N(_spec.Dimensions.VocabularySize)}}{{badType}}) {
                        return {{target.Prefix}}_BAD_TOKEN;
                    }
                }

            """.ReplaceLineEndings("\n"));
        foreach ((AttentionNode? attention, List<Node> steps) in _runs)
        {
            bool isLast = steps == _runs[^1].Steps && _spec.Graph.IsPooled;
            string count = isLast ? "1" : "tokens";
            to.Write("\n");
            if (attention is not null)
            {
                string operands = string.Join(", ", attention.Inputs.Select(PlaceOf));
                string shape = $"{N(attention.Heads)}, {N(attention.HeadSize)}";
                to.Write($"    attend(&{CText.Name(attention.Name)}_scores, {operands}, tokens, {count}, {shape}, weights);\n");
            }

            to.Write($"    for (t = 0; t < {count}; t++) {{\n");
            Steps(to, steps, hasTypes);
            to.Write("    }\n");
        }

        to.Write("    return 0;\n}\n");
    }

    private void Steps(TextWriter to, List<Node> steps, bool hasTypes)
    {
        string site = string.Empty;
        foreach (Node node in steps)
        {
            string output = At(node.Output);
            if (node is LinearNode { IsQuantizable: true } linear)
            {
                if (linear.Site != site)
                {
                    to.Write($"        quantize(&{CText.Name(linear.Site)}_codes, {At(linear.Input)}, {N(linear.Width)}, codes);\n");
                    site = linear.Site;
                }

                for (int run = 0; run < _spec.Matrix(linear.Name).Segments().Count; run++)
                {
                    to.Write($"        multiply(&{CText.Name(linear.Name)}[{N(run)}], codes, {output});\n");
                }

                continue;
            }

            string? call = node switch
            {
                EmbeddingNode => $"embed(ids[t], {(hasTypes ? "types[t]" : "0")}, t, {output})",
                NormNode norm => $"normalize(&{CText.Name(norm.Name)}, {At(norm.Input)}, "
                    + $"{(norm.Residual is null ? "0" : At(norm.Residual))}, {N(norm.Columns)}, {output})",
                ActivationNode activation => $"{Function(activation.Function).Call}({output}, {N(activation.Columns)})",
                LinearNode last => $"finish(&{CText.Name(last.Name)}, {At(last.Input)}, {output})",
                _ => null,
            };
            to.Write(call is null ? string.Empty : $"        {call};\n");
        }

        if (steps == _runs[^1].Steps && _spec.Graph.OutputLayer is null)
        {
            string columns = N(OutputColumns);
            to.Write($"        memcpy(outputs + t * {columns}, {At(Values.Hidden)}, {columns} * sizeof(int32_t));\n");
        }
    }

    /// <summary>Gets the section and the name of a function's C form.</summary>
    public static (string Section, string Call) Function(HiddenActivation function) => function switch
    {
        HiddenActivation.Relu => ("relu", "relu"),
        HiddenActivation.Tanh => ("tanh", "hyperbolic_tangent"),
        _ => ("gelu", "gelu"),
    };

    private void Buffers(TextWriter to)
    {
        string next = "work";
        foreach ((string place, int columns) in _columns.OrderByDescending(pair => _kept.Contains(pair.Key)))
        {
            to.Write($"    int32_t *const {place} = {next};\n");
            next = _kept.Contains(place) ? $"{place} + (size_t)tokens * {N(columns)}" : $"{place} + {N(columns)}";
        }

        to.Write($"    int32_t *const weights = {next};\n    uint8_t *const codes = (uint8_t *)(weights + tokens);\n");
    }

    private string At(string value)
    {
        string place = PlaceOf(value);
        return place == Outputs ? $"outputs + t * {N(OutputColumns)}" : _kept.Contains(place) ? $"{place} + t * {N(_columns[place])}" : place;
    }

    private string PlaceOf(string value) => _places.GetValueOrDefault(value, value);

    private static string N(int number) => number.ToString(CultureInfo.InvariantCulture);
}
