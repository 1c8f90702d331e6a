namespace QuantGen.Specs;

/// <summary>Legal models that cannot be trained, whatever computes their gradients.</summary>
internal static class TrainingSupport
{
    /// <summary>Gets what of a model cannot be trained, each with the option that asks for it.</summary>
    /// <param name="model">The model.</param>
    public static IEnumerable<(string What, string Property)> Missing(ModelSpec model)
    {
        if (model.Matrices.Any(m => m.HasZeroPoints))
        {
            yield return ("asymmetric codes", "Mapping");
        }

        if (model.Matrices.Any(m => m.GroupSize > 0))
        {
            yield return ("scales along inputs", "GroupSize");
        }

        if (model.Matrices.Any(m => m.HasIntegerProduct && (m.Bits == 1 || m.GroupBits.Contains(1))))
        {
            yield return ("one-bit scales", "Bits");
        }
    }
}
