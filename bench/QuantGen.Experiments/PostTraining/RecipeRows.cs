namespace QuantGen.Experiments.PostTraining;

/// <summary>The rows of the table, those that are asked for most often first.</summary>
internal static class RecipeRows
{
    // Each of the many losses of token-wise clipping runs all texts; its paper has 256 of them.
    private const int ClippingSamples = 256;

    private static readonly int[] s_seeds = [1, 2, 3];

    private static readonly (string Method, string Steps)[] s_rounding =
    [
        ("nearest", "nearest"), ("GPTQ", "gptq"), ("AdaRound", "adaround"), ("BRECQ", "brecq"), ("MREM", "mrem"),
    ];

    private static readonly (string Method, string Steps)[] s_static =
    [
        ("min-max", Steps("mse", "activation-min-max")), ("percentile", Steps("mse", "activation-percentile")), ("MSE", Steps("mse", "activation-mse")),
        ("SmoothQuant", "smoothquant"), ("token-wise clipping", Steps("mse", "token-wise-clipping")),
    ];

    private static readonly (string Method, string Steps)[] s_outliers =
    [
        ("gamma migration, MSE", Steps("gamma-migration", "mse", "activation-mse")), ("Outlier Suppression", "outlier-suppression"),
        ("scale migration, token-wise clipping", """[{"step":"smooth","alpha":0.75},{"step":"mse"},{"step":"token-wise-clipping"}]"""),
    ];

    // Texts are made, so that the seed is the step's.
    private static readonly (string Method, string Steps)[] s_dataFree =
    [
        ("data-free, GPTQ", $$"""[{"step":"data-free","seed":{{RecipeRow.SeedPlace}}},{"step":"mse"},{"step":"gptq"}]"""),
        ("drawn words, GPTQ", $$"""[{"step":"data-free","texts":512,"steps":0,"seed":{{RecipeRow.SeedPlace}}},{"step":"mse"},{"step":"gptq"}]"""),
    ];

    private static readonly (string Method, string Steps)[] s_plans = [("Hessian plan, GPTQ", "mixed"), ("searched plan, GPTQ", "search")];

    private static readonly (string Method, string Steps)[] s_modules =
    [
        ("MREM, parallel", """[{"step":"mse"},{"step":"mrem","parallel":1}]"""),
        ("MREM, parallel, no teacher forcing", """[{"step":"mse"},{"step":"mrem","parallel":1,"forced":0}]"""),
        ("MREM, no teacher forcing", """[{"step":"mse"},{"step":"mrem","forced":0}]"""),
    ];

    public static IReadOnlyList<RecipeRow> List { get; } =
    [
        .. Rows(CalibratedModel.MiniLm, (4, 8), s_rounding[..2]),
        .. Rows(CalibratedModel.MiniLm, (3, 8), s_rounding[..4]),
        .. Rows(CalibratedModel.MiniLm, (2, 8), s_rounding),
        .. Rows(CalibratedModel.MiniLm, (4, 4), [s_rounding[0], s_rounding[1], s_rounding[3]]),
        .. Rows(CalibratedModel.MiniLm, (8, 8), s_static),
        .. Rows(CalibratedModel.MiniLm, (6, 6), [.. s_static, .. s_outliers]),
        .. Rows(CalibratedModel.Trec, (3, 8), s_rounding[..4]),
        .. Rows(CalibratedModel.Trec, (2, 8), s_rounding),
        .. Rows(CalibratedModel.Trec, (6, 6), [.. s_static, .. s_outliers]),
        .. Rows(CalibratedModel.MiniLm, (4, 8), s_dataFree),
        .. Rows(CalibratedModel.Trec, (4, 8), [s_rounding[1], .. s_dataFree]),
        .. Rows(CalibratedModel.MiniLm, (2, 8), s_modules),
        .. Rows(CalibratedModel.Trec, (2, 8), s_modules),
        .. Rows(CalibratedModel.Sst2, (2, 8), s_rounding),
        .. Once(Rows(CalibratedModel.MiniLmTrec, (3, 8), s_rounding[..4])),
        .. Once(Rows(CalibratedModel.MiniLmTrec, (2, 8), s_rounding)),
        .. Rows(CalibratedModel.MiniLmTrec, (6, 6), [.. s_static, .. s_outliers]),
        .. Rows(CalibratedModel.MiniLmCola, (6, 6), [.. s_static, .. s_outliers]),
        .. Rows(CalibratedModel.Trec, (3, 8), s_plans),
        .. Rows(CalibratedModel.MiniLm, (3, 8), s_plans),
    ];

    // One draw of the texts.
    private static IEnumerable<RecipeRow> Once(IEnumerable<RecipeRow> rows) => rows.Select(row => row with { Seeds = s_seeds[..1] });

    private static string Steps(params string[] names) => $"[{string.Join(',', names.Select(name => $$"""{"step":"{{name}}"}"""))}]";

    private static IEnumerable<RecipeRow> Rows(CalibratedModel model, (int Weights, int Activations) bits, (string Method, string Steps)[] recipes) =>
        from recipe in recipes
        select new RecipeRow(model, recipe.Method, bits.Weights, bits.Activations, recipe.Steps, recipe.Steps == "nearest" ? [1] : s_seeds)
        {
            Samples = recipe.Steps.Contains("clipping", StringComparison.Ordinal) || recipe.Steps == "outlier-suppression" ? ClippingSamples : 1024,
        };
}
