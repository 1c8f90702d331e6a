using QuantGen.Linear;

namespace QuantGen.Generators.Emission.Kernels.Products;

/// <summary>Two pairs of products, of weights that were clipped for it, are added in 16 bits before they are widened.</summary>
internal sealed class ClippedQuadsStep(KernelRow isa, KernelVariant variant) : ClippedPairsStep(isa, variant)
{
    public override int PacksTogether => 2;

    public override string Bound =>
        "Weights of two pairs that have one sign add up to at most 128, and 255 * 128 <= 32,767; sums begin with what was clipped.";

    public override void Add(SourceWriter w, int token, int vector, string[] activations, string[] weights)
    {
        string[] pairs = activations.Select((x, i) => $"{Isa.Intrinsics}.MultiplyAddAdjacent({x}, {weights[i]})").ToArray();
        w.Lines($"{Sum(token, vector)} += {Isa.Intrinsics}.MultiplyAddAdjacent(\n    {string.Join(" + ", pairs)}, {Isa.Vector}<short>.One);");
    }
}
