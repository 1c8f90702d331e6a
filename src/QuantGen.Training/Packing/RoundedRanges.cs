using QuantGen.Packed;
using QuantGen.Quantization;
using QuantGen.Specs;

namespace QuantGen.Training.Packing;

/// <summary>What a packed file of a model that rounds everything holds beside weights: a range as it is for each place.</summary>
internal static class RoundedRanges
{
    /// <summary>Adds the ranges.</summary>
    /// <param name="builder">The file.</param>
    /// <param name="spec">The model.</param>
    /// <param name="rangesOf">Gets the ranges of a site by its name, one or one for each column.</param>
    public static void AddTo(PackedModelBuilder builder, ModelSpec spec, Func<string, IReadOnlyList<QuantizationParameters>> rangesOf)
    {
        foreach (ActivationSite site in spec.ActivationSites().Concat(spec.AttentionSites()))
        {
            QuantizationParameters range = rangesOf(site.Name)[0];
            builder.AddFloats(site.Name + PackedNames.InputScale, new[] { range.Scale });
            if (!site.IsProbabilities)
            {
                builder.AddFloats(site.Name + PackedNames.InputCenter, new[] { range.Center });
            }
        }

        foreach (RoundingPlace place in spec.RoundingPlaces())
        {
            builder.AddFloats(place.Owner + PackedNames.Ranges, place.Sites.SelectMany(site => Floats(rangesOf(site.Name))).ToArray());
        }
    }

    /// <summary>Says whether a tensor is the factors of a normalization that are stored as values of codes.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="tensor">The tensor's name.</param>
    public static bool AreFactors(ModelSpec spec, string tensor) =>
        spec.IsRounded && spec.RoundingPlaces().Any(place => place.Sites.Count > 1 && tensor == place.Owner + ".weight");

    private static IEnumerable<float> Floats(IReadOnlyList<QuantizationParameters> ranges) =>
        ranges.Select(range => range.Scale).Concat(ranges.Select(range => range.Center));
}
