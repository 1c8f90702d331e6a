using System.Globalization;
using QuantGen.Generators.Emission.Plans;
using QuantGen.Specs;

namespace QuantGen.Generators.Emission.Nodes;

/// <summary>What the call of a step says whose results are rounded, or shown to calibration in floats.</summary>
/// <param name="Type">The runtime's type that computes it.</param>
/// <param name="Site">Index of its first site among all that an observer sees.</param>
/// <param name="Ranges">The arguments that say where its ranges are, with a comma before them; empty in floats.</param>
internal sealed record RoundingCall(string Type, int Site, string Ranges)
{
    /// <summary>Finds the call of a step; null where its results are neither rounded nor shown.</summary>
    /// <param name="plan">The model.</param>
    /// <param name="owner">The step's canonical name.</param>
    public static RoundingCall? Of(ModelPlan plan, string owner)
    {
        ModelSpec model = plan.Model;
        int site = model.ActivationSites().Count + model.AttentionSites().Count;
        foreach (RoundingPlace place in model.RoundingPlaces())
        {
            if (place.Owner == owner)
            {
                return model.IsRounded ? new RoundingCall("RoundedSteps", site, $", {Range(plan, owner)}, bits: {N(model.ActivationBits)}")
                    : new RoundingCall("RoundingProbe", site, string.Empty);
            }

            site += place.Sites.Count;
        }

        return null;
    }

    /// <summary>Gets the ref to the first of a step's ranges, as code.</summary>
    /// <param name="plan">The model.</param>
    /// <param name="owner">The step's canonical name.</param>
    public static string Range(ModelPlan plan, string owner) => $"ref pass.WeightFloats({plan.Weights[owner + RoundingPlace.Ranges]})";

    private static string N(int number) => number.ToString(CultureInfo.InvariantCulture);
}
