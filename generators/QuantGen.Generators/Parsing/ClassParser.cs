using Microsoft.CodeAnalysis;
using QuantGen.Architectures;
using QuantGen.Generators.Specs;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Generators.Parsing;

/// <summary>Joins a class with the files it names into a legal spec, or says what is wrong. Shared by the generator and the analyzer.</summary>
internal static class ClassParser
{
    /// <summary>Finds the files a class names.</summary>
    public static ClassInput Resolve(AttributedClass @class, IReadOnlyList<JsonFile> files) =>
        new(@class, Find(@class.Spec, files), Find(@class.Config, files), Find(@class.Plan, files));

    /// <summary>Parses a class; null when there is an issue.</summary>
    public static ClassSpec? Parse(ClassInput input, ICollection<SpecIssue> issues)
    {
        AttributedClass c = input.Class;
        int before = issues.Count;
        foreach (SpecIssue issue in c.Issues)
        {
            issues.Add(issue);
        }

        if (c.Spec is not null)
        {
            ClassSpec? described = SpecFileParser.Parse(input, issues);
            return issues.Count > before ? null : described;
        }

        if (!c.HasBits)
        {
            issues.Add(new SpecIssue("QG1212",
                $"Class '{c.Name}' says neither bits nor Spec; write [QuantizedBert(bits: 4)] or [QuantizedBert(Spec = \"model.spec.json\")]"));
            return null;
        }

        ModelConfig? config = Config(input, issues);
        EquatableArray<PlanEntry> plan = Plan(input, issues);
        if (config is null || issues.Count > before)
        {
            return null;
        }

        config = c.Dimensions.Over(config, hasFile: c.Config is not null);
        EquatableArray<string> labels = c.HasLabels ? c.Labels : config.Labels;
        SpecOptions options = c.Options with { Plan = plan, LabelCount = labels.Count };
        if (c.HasLabels && c.Config is not null && HasLabels(options.Head) && c.Labels.Count != config.Labels.Count)
        {
            issues.Add(new SpecIssue("QG1113", $"Labels lists {c.Labels.Count} names, and '{c.Config}' has {config.Labels.Count} outputs", Property: "Labels"));
        }

        ModelSpec? model = SpecBuilder.Build(config, options, issues);
        return model is null || issues.Count > before || !c.IsLegalType ? null : new ClassSpec(
            c.Namespace, c.Name, c.Hint, model, c.HasLabels && HasLabels(options.Head) ? c.Labels : default, options.MaxSequenceLength, options.MaxBatchTokens)
        {
            Training = options.Training,
        };
    }

    /// <summary>Parses a class for the generator; null when there is an issue or parsing fails, both of which the analyzer reports.</summary>
    public static ClassSpec? ParseOrDecline(ClassInput input)
    {
        try
        {
            return Parse(input, new List<SpecIssue>());
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Reads an additional file; null when it is no JSON file or has no text.</summary>
    public static JsonFile? ReadFile(AdditionalText file, CancellationToken cancellation)
    {
        string path = file.Path.Replace('\\', '/');
        return path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) && file.GetText(cancellation)?.ToString() is string text
            ? new JsonFile(path, text)
            : null;
    }

    private static bool HasLabels(BertHead head) => head is BertHead.SequenceClassification or BertHead.TokenClassification;

    private static ModelConfig? Config(ClassInput input, ICollection<SpecIssue> issues)
    {
        if (input.Class.Config is null)
        {
            return new ModelConfig();
        }

        if (input.Config is null)
        {
            issues.Add(new SpecIssue("QG1201", NotFound("Config", input.Class.Config), Property: "Config"));
            return null;
        }

        return ModelConfigReader.Read(input.Config.Text, input.Class.Config, issues);
    }

    private static EquatableArray<PlanEntry> Plan(ClassInput input, ICollection<SpecIssue> issues)
    {
        if (input.Class.Plan is null)
        {
            return default;
        }

        if (input.Plan is null)
        {
            issues.Add(new SpecIssue("QG1205", NotFound("Plan", input.Class.Plan), Property: "Plan"));
            return default;
        }

        // How codes are found is for quantizers; the same plan tells both.
        return QuantizationPlanReader.Read(input.Plan.Text, input.Class.Plan, issues).Identity;
    }

    /// <summary>Says that a file is missing.</summary>
    public static string NotFound(string property, string name) =>
        $"{property} '{name}' is not among the project's AdditionalFiles; add <AdditionalFiles Include=\"{name}\" />";

    // The shortest path that ends in the name, then the first in ordinal order: 'a/config.json' never finds 'aa/config.json'.
    private static JsonFile? Find(string? name, IReadOnlyList<JsonFile> files)
    {
        if (name is null)
        {
            return null;
        }

        string end = name.Replace('\\', '/');
        return files
            .Where(f => f.Path == end || f.Path.EndsWith("/" + end.TrimStart('/'), StringComparison.OrdinalIgnoreCase))
            .OrderBy(f => f.Path.Length)
            .ThenBy(f => f.Path, StringComparer.Ordinal)
            .FirstOrDefault();
    }
}
