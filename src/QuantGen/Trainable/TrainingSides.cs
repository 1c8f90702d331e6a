using QuantGen.Schemes;
using QuantGen.Specs;

namespace QuantGen.Trainable;

/// <summary>Decides how training gives codes to activations, by what the packed model has and by the schemes of the weights.</summary>
internal static class TrainingSides
{
    /// <summary>Gets the side of a place: attention's operands never have ranges of their own for each token.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">The schemes.</param>
    /// <param name="site">The place's canonical name.</param>
    public static ActivationSide Of(ModelSpec model, TrainableOptions options, string site)
    {
        bool isOperand = model.AttentionSites().Any(operand => operand.Name == site);
        MatrixSpec? weights = model.Matrices.FirstOrDefault(m => m.HasIntegerProduct && (isOperand || model.Graph.SiteOf(m.Name) == site));
        return ActivationSides.InTraining(
            isOperand || model.ActivationRange == ActivationRange.Static,
            isOperand ? model.AttentionBits : model.ActivationBits,
            weights is null ? WeightSchemes.For(Storage.Uniform, Scheme.Linear) : options.For(weights));
    }
}
