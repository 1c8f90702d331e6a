using QuantGen.Architectures;
using QuantGen.Graph;

namespace QuantGen.Specs;

/// <summary>Joins dimensions, options, overrides and plan into a model, or says why they do not describe one.</summary>
public static class SpecBuilder
{
    /// <summary>Builds the model.</summary>
    /// <param name="config">The dimensions.</param>
    /// <param name="options">What attribute or command line say beside them.</param>
    /// <param name="issues">Receives everything that is illegal.</param>
    /// <returns>The model, or null when there is an issue.</returns>
    public static ModelSpec? Build(ModelConfig config, SpecOptions options, ICollection<SpecIssue> issues)
    {
        int before = issues.Count;
        SpecRules.CheckDimensions(config, issues);
        SpecRules.CheckOptions(config, options, issues);
        if (issues.Count > before)
        {
            return null;
        }

        var matrices = new List<MatrixSpec>();
        var overrides = new Overrides(options, issues);
        int outputs = OutputCount(config, options);
        ModelGraph graph = ModelFamilies.Of(config.Architecture).Graph(config, options.Head, outputs, options.HasResidualFactors);
        if (options.HasResidualFactors && graph.IsShared)
        {
            issues.Add(new SpecIssue("QG1210", "Residuals have no factors where layers share their weights"));
        }

        foreach (LinearNode node in graph.Matrices)
        {
            if (overrides.Resolve(node.Name, node.Rows, node.Width) is MatrixSpec matrix)
            {
                matrices.Add(matrix);
            }
        }

        overrides.ReportUnused();
        int activationBits = SpecRules.ActivationBits(options, matrices, issues);
        if (options.Numerics == Numerics.Integer)
        {
            IntegerRules.Check(config, options, matrices, graph, issues);
        }

        QuantizedRules.Check(options, matrices, graph, issues);
        if (options.Training && issues.Count == before)
        {
            TrainingRules.Check(matrices, options.HasResidualFactors, issues);
        }

        int embeddingBits = SpecRules.EmbeddingBits(options);
        if (issues.Count > before)
        {
            return null;
        }

        var spec = new ModelSpec
        {
            Dimensions = config with { Labels = default, Head = BertHead.Encoder, OutputActivation = default },
            Head = options.Head,
            OutputCount = outputs,
            EmbeddingBits = embeddingBits,
            EmbeddingStorage = embeddingBits == Defaults.FullPrecisionBits ? Storage.FullPrecision : SpecRules.EmbeddingStorage(options),
            PositionBits = QuantizedRules.PositionBitsOf(options, matrices),
            ActivationBits = activationBits,
            AttentionBits = SpecRules.AttentionBits(options),
            Numerics = options.Numerics,
            Attention = options.Attention,
            ActivationRange = options.ActivationRange ?? Defaults.ActivationRange(activationBits, options.Numerics),
            HasResidualFactors = options.HasResidualFactors,
            Matrices = new EquatableArray<MatrixSpec>(matrices),
        };
        spec.Keep(graph);
        return spec;
    }

    private static int OutputCount(ModelConfig config, SpecOptions options) => options.Head switch
    {
        BertHead.SequenceClassification or BertHead.TokenClassification => options.LabelCount,
        BertHead.Regression => 1,
        BertHead.QuestionAnswering => 2,
        BertHead.MaskedLanguageModel => config.VocabularySize,
        _ => 0,
    };

    /// <summary>Applies <c>[LayerBits]</c> and the plan, and remembers which of them found a matrix.</summary>
    private sealed class Overrides
    {
        private readonly SpecOptions _options;
        private readonly ICollection<SpecIssue> _issues;
        private readonly List<(LayerBitsRule Rule, Predicate<string> Matches, string Property)> _rules = new();
        private readonly List<(PlanEntry Entry, Predicate<string> Matches, string Property)> _plan = new();
        private readonly HashSet<object> _used = new();

        public Overrides(SpecOptions options, ICollection<SpecIssue> issues)
        {
            _options = options;
            _issues = issues;
            for (int i = 0; i < options.LayerBits.Count; i++)
            {
                Add(_rules, options.LayerBits[i], options.LayerBits[i].Pattern, "QG1107", "LayerBits", SpecRules.LayerBitsProperty(i));
            }

            foreach (PlanEntry entry in options.Plan)
            {
                Add(_plan, entry, entry.Pattern, "QG1207", "Plan", "Plan");
            }
        }

        public MatrixSpec? Resolve(string name, int rows, int columns)
        {
            int bits = _options.Bits;
            foreach ((LayerBitsRule rule, Predicate<string> matches, _) in _rules)
            {
                if (matches(name))
                {
                    bits = rule.Bits;
                    _used.Add(rule);
                }
            }

            int? planBits = null;
            int? groupCount = null;
            int? groupSize = null;
            Storage storage = _options.Storage;
            Mapping usual = QuantizedRules.Mapping(_options);
            Mapping mapping = usual;
            EquatableArray<int> groupBits = default;
            int listed = 0;
            foreach ((PlanEntry entry, Predicate<string> matches, _) in _plan)
            {
                if (matches(name))
                {
                    planBits = entry.Bits ?? planBits;
                    groupCount = entry.GroupCount ?? groupCount;
                    groupSize = entry.GroupSize ?? groupSize;
                    storage = entry.Storage ?? storage;
                    mapping = entry.Mapping ?? mapping;
                    groupBits = entry.GroupBits.Count > 0 ? entry.GroupBits : groupBits;
                    listed = entry.ListedGroups > 0 ? entry.ListedGroups : listed;
                    _used.Add(entry);
                }
            }

            // A plan that chooses one of the two granularities for a matrix drops the other one's default.
            int count = groupCount ?? (listed > 0 ? listed : groupSize > 0 ? 1 : QuantizedRules.Groups(_options, rows));
            int size = groupSize ?? (groupCount > 1 || listed > 0 ? 0 : _options.GroupSize);
            var matrix = new MatrixSpec(name, rows, columns, planBits ?? bits, count, size, mapping, groupBits) { Storage = storage };
            bool planned = planBits is not null || groupCount is not null || groupSize is not null || listed > 0 || mapping != usual
                || storage != _options.Storage;
            return SpecRules.Normalize(matrix, planned, _issues);
        }

        public void ReportUnused()
        {
            for (int i = 0; i < _rules.Count; i++)
            {
                if (!_used.Contains(_rules[i].Rule))
                {
                    _issues.Add(new SpecIssue(
                        "QG1107", $"LayerBits pattern '{_rules[i].Rule.Pattern}' matches no matrix of this model", Property: _rules[i].Property));
                }
            }

            foreach ((PlanEntry entry, _, _) in _plan.Where(p => !_used.Contains(p.Entry)))
            {
                _issues.Add(new SpecIssue("QG1207", $"Plan entry '{entry.Pattern}' matches no matrix of this model", Property: "Plan"));
            }
        }

        private void Add<T>(List<(T Item, Predicate<string> Matches, string Property)> list, T item, string pattern, string id, string source, string property)
        {
            if (LayerPattern.Compile(pattern) is Predicate<string> compiled)
            {
                list.Add((item, compiled, property));
            }
            else
            {
                _issues.Add(new SpecIssue(id, $"{source} pattern '{pattern}' is malformed; write names joined by dots, '*' for any text and '0-3' for numbers",
                    Property: property));
            }
        }
    }
}
