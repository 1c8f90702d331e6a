using QuantGen.Specs;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>The steps there are: a row each.</summary>
internal static class StepTable
{
    /// <summary>Gets all steps.</summary>
    public static IReadOnlyList<StepTraits> All { get; } =
    [
        new("data-free", StepKind.Texts, NeedsTexts: false, DataFreeStep.Options, values => new DataFreeStep(values)),
        new("hessian", StepKind.Plans, NeedsTexts: true, HessianStep.Options, values => new HessianStep(values)) { Refuses = PlanChoices.Refusal },
        new("search", StepKind.Plans, NeedsTexts: true, SearchStep.Options, values => new SearchStep(values)) { Refuses = PlanChoices.Refusal },
        new("gamma-migration", StepKind.Factors, NeedsTexts: false, [], _ => new GammaMigrationStep()) { Refuses = ScaleMigration.Refusal },
        new("smooth", StepKind.Factors, NeedsTexts: true, SmoothStep.Options, values => new SmoothStep(values.Get("alpha")))
        {
            Refuses = ScaleMigration.Refusal,
        },
        new("min-max", StepKind.Ranges, NeedsTexts: false, [], _ => new RangeStep(Clipping.MinMax)),
        new("percentile", StepKind.Ranges, NeedsTexts: false, [], _ => new RangeStep(Clipping.Percentile)),
        new("mse", StepKind.Ranges, NeedsTexts: false, [], _ => new RangeStep(Clipping.Mse)),
        new("gptq", StepKind.Codes, NeedsTexts: true, GptqStep.Options, values => new GptqStep(values.Get("damping"))) { Refuses = UniformIsMissing },
        new("adaround", StepKind.Codes, NeedsTexts: true, AdaRoundStep.Options, values => new AdaRoundStep(values)) { Refuses = AdaRoundStep.Refusal },
        new("brecq", StepKind.Codes, NeedsTexts: true, BrecqStep.Options, values => new BrecqStep(values))
        {
            Refuses = LayerInputs.Refusal, StartsFromCodes = true,
        },
        new("mrem", StepKind.Codes, NeedsTexts: true, MremStep.Options, values => new MremStep(values))
        {
            Refuses = MremStep.Refusal, TrainsBiases = true,
        },
        new("bias-correction", StepKind.Biases, NeedsTexts: true, [], _ => new BiasCorrectionStep()) { Refuses = UniformIsMissing },
        ByRule("activation-min-max", Clipping.MinMax),
        ByRule("activation-percentile", Clipping.Percentile),
        ByRule("activation-mse", Clipping.Mse),
        new("token-wise-clipping", StepKind.ActivationRanges, NeedsTexts: true, TokenClippingStep.Options, values => new TokenClippingStep(values))
        {
            Refuses = StoresNoRanges,
        },
        new("integer-only", StepKind.ActivationRanges, NeedsTexts: true, [], _ => new IntegerOnlyStep())
        {
            Refuses = IntegerOnlyStep.Refusal, IsForIntegers = true,
        },
    ];

    /// <summary>Finds a step by its name; null when there is none.</summary>
    public static StepTraits? Find(string name) => All.FirstOrDefault(row => row.Name == name);

    private static StepTraits ByRule(string name, Clipping clipping) =>
        new(name, StepKind.ActivationRanges, NeedsTexts: true, [], _ => new ActivationRangeStep(clipping))
        {
            Refuses = StoresNoRanges, IsRule = true,
        };

    private static string? StoresNoRanges(ModelSpec spec) =>
        ActivationCalibrator.SitesOf(spec).Any() ? null : "the model stores no ranges of activations, each token has its own";

    internal static string? UniformIsMissing(ModelSpec spec) =>
        spec.Matrices.Any(matrix => matrix.IsUniform) ? null : "no matrix has evenly spaced codes";
}
