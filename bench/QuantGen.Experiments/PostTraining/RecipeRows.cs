namespace QuantGen.Experiments.PostTraining;

/// <summary>The rows of the table.</summary>
internal static class RecipeRows
{
    private static readonly int[] s_seeds = [1, 2, 3];

    private static readonly (string Method, string Steps)[] s_rounding =
    [
        ("nearest", "nearest"), ("GPTQ", "gptq"), ("AdaRound", "adaround"), ("BRECQ", "brecq"), ("MREM", "mrem"),
    ];

    private static readonly (string Method, string Steps)[] s_modules =
    [
        ("MREM, parallel", """[{"step":"mse"},{"step":"mrem","parallel":1}]"""),
        ("MREM, parallel, no teacher forcing", """[{"step":"mse"},{"step":"mrem","parallel":1,"forced":0}]"""),
        ("MREM, no teacher forcing", """[{"step":"mse"},{"step":"mrem","forced":0}]"""),
    ];

    public static IReadOnlyList<RecipeRow> List { get; } =
    [
        .. Rows(CalibratedModel.MiniLm, [(4, 8), (3, 8), (2, 8), (4, 4)], s_rounding),
        .. Rows(CalibratedModel.MiniLm, [(2, 8)], s_modules),
        .. Rows(CalibratedModel.Trec, [(3, 8), (2, 8)], s_rounding),
        .. Rows(CalibratedModel.Trec, [(2, 8)], s_modules),
        .. Rows(CalibratedModel.Sst2, [(3, 8), (2, 8)], s_rounding),
    ];

    private static IEnumerable<RecipeRow> Rows(CalibratedModel model, (int Weights, int Activations)[] bits, (string Method, string Steps)[] recipes) =>
        from width in bits
        from recipe in recipes
        select new RecipeRow(model, recipe.Method, width.Weights, width.Activations, recipe.Steps, recipe.Steps == "nearest" ? [1] : s_seeds);
}
