namespace QuantGen.Specs;

/// <summary>Decides where ranges of activations come from in training, by what the packed model has.</summary>
internal static class SiteKinds
{
    /// <summary>Gets the kind of a place before linear layers.</summary>
    /// <param name="model">The model.</param>
    /// <param name="site">The place.</param>
    public static SiteKind BeforeLayers(ModelSpec model, ActivationSite site) => model.ActivationRange == ActivationRange.PerToken ? SiteKind.PerToken
        : ByScheme(model.Matrices.Where(m => ActivationSite.NameFor(m.Name) == site.Name));

    /// <summary>Gets the kind of attention's operands.</summary>
    /// <param name="model">The model.</param>
    public static SiteKind OfAttention(ModelSpec model) => ByScheme(model.Matrices);

    private static SiteKind ByScheme(IEnumerable<MatrixSpec> matrices) =>
        matrices.FirstOrDefault(m => m.HasIntegerProduct)?.Scheme == Scheme.Lsq ? SiteKind.Learned : SiteKind.Running;
}
