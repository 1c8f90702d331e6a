using QuantGen.Generators.Specs;
using QuantGen.Specs;

namespace QuantGen.Generators.Parsing;

/// <summary>Parses a class whose <c>Spec</c> names the file of a model.</summary>
internal static class SpecFileParser
{
    // What a file cannot know: how the class is to be used.
    private static readonly string[] s_beside = { "Spec", "MaxSequenceLength", "MaxBatchTokens", "Training" };

    /// <summary>Parses a class; null when there is an issue.</summary>
    public static ClassSpec? Parse(ClassInput input, ICollection<SpecIssue> issues)
    {
        AttributedClass c = input.Class;
        int before = issues.Count;
        CheckAlone(c, issues);
        if (Read(input, issues) is not SpecFile file)
        {
            return null;
        }

        // A model with few positions needs no other default.
        int positions = file.Model.Dimensions.MaxPositions;
        int length = c.Options.MaxSequenceLength == Defaults.MaxSequenceLength ? Math.Min(Defaults.MaxSequenceLength, positions) : c.Options.MaxSequenceLength;
        SpecRules.CheckBounds(file.Model.Dimensions, length, c.Options.MaxBatchTokens, issues);
        if (c.Options.Training)
        {
            TrainingRules.Check(file.Model.Matrices, file.Model.HasResidualFactors, issues);
        }

        return issues.Count > before || !c.IsLegalType ? null : new ClassSpec(
            c.Namespace, c.Name, c.Hint, file.Model, file.Labels, length, c.Options.MaxBatchTokens)
        {
            Training = c.Options.Training,
        };
    }

    private static void CheckAlone(AttributedClass c, ICollection<SpecIssue> issues)
    {
        string? excess = c.HasBits ? "bits" : c.Options.LayerBits.Count > 0 ? "LayerBits" : c.Properties.FirstOrDefault(name => !s_beside.Contains(name));
        if (excess is not null)
        {
            string property = excess == "bits" ? "Bits" : excess == "LayerBits" ? SpecRules.LayerBitsProperty(0) : excess;
            issues.Add(new SpecIssue(
                "QG1211", $"'{excess}' is set beside Spec '{c.Spec}', which says everything about the model; only MaxSequenceLength, "
                    + $"MaxBatchTokens and Training go with it", Property: property));
        }
    }

    private static SpecFile? Read(ClassInput input, ICollection<SpecIssue> issues)
    {
        string name = input.Class.Spec!;
        if (input.Spec is null)
        {
            issues.Add(new SpecIssue("QG1209", ClassParser.NotFound("Spec", name), Property: "Spec"));
            return null;
        }

        try
        {
            return SpecFile.Read(input.Spec.Text);
        }
        catch (FormatException wrong)
        {
            issues.Add(new SpecIssue("QG1210", $"Spec '{name}' is not the description of a legal model: {wrong.Message}", Property: "Spec"));
            return null;
        }
    }
}
