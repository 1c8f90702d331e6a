using QuantGen.Quantization;
using QuantGen.Specs;

namespace QuantGen.Training.PostTraining;

/// <summary>How a place's values become codes once its range is known.</summary>
internal sealed class SiteMapping
{
    // Queries, keys and values are always symmetric; inputs of linear layers are where a scheme says so.
    private readonly bool _isSymmetric;
    private readonly bool _isOffset;

    /// <summary>Finds the mapping.</summary>
    /// <param name="target">The model to make.</param>
    /// <param name="site">One of its places.</param>
    /// <param name="recipe">Whose schemes say which inputs are symmetric.</param>
    public SiteMapping(ModelSpec target, ActivationSite site, Recipe recipe)
    {
        bool isOperand = target.AttentionSites().Any(operand => operand.Name == site.Name);
        _isOffset = target.IsRounded;
        Bits = isOperand || RoundingPlace.IsOfAttention(target.Graph, site.Name) ? target.AttentionBits : target.ActivationBits;
        _isSymmetric = isOperand
            ? !site.IsProbabilities
            : target.Matrices.Any(m => m.IsQuantized && target.Graph.SiteOf(m.Name) == site.Name && recipe.For(m).Traits.HasSymmetricActivations);
    }

    /// <summary>Gets the bits of a code.</summary>
    public int Bits { get; }

    /// <summary>Spreads the codes over a range.</summary>
    /// <param name="range">The range.</param>
    /// <returns>Scale and zero point, or center; of codes of one bit the scale, the upper end, and 0.</returns>
    public QuantizationParameters Of(QuantizationRange range) => Bits == 1 ? new QuantizationParameters(range.High, 0)
        : _isOffset ? range.Offset(Bits)
        : _isSymmetric ? range.Symmetric(Bits) : range.Asymmetric(Bits);
}
