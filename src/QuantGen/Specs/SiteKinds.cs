namespace QuantGen.Specs;

/// <summary>Decides where ranges of activations come from in training, by what the packed model has.</summary>
internal static class SiteKinds
{
    /// <summary>Gets the kind of a place: attention's operands never have ranges of their own for each token.</summary>
    /// <param name="model">The model.</param>
    /// <param name="site">The place's canonical name.</param>
    public static SiteKind Of(ModelSpec model, string site) => model.AttentionSites().Any(operand => operand.Name == site) ? ByScheme(model.Matrices)
        : model.ActivationRange == ActivationRange.PerToken ? SiteKind.PerToken
        : ByScheme(model.Matrices.Where(m => model.Graph.SiteOf(m.Name) == site));

    private static SiteKind ByScheme(IEnumerable<MatrixSpec> matrices) =>
        matrices.FirstOrDefault(m => m.HasIntegerProduct)?.Scheme == Scheme.Lsq ? SiteKind.Learned : SiteKind.Running;
}
