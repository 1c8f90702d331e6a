using QuantGen.Linear;

namespace QuantGen.Generators.Emission.Kernels.Products;

/// <summary>Pairs of products are added in 16 bits, as deep as the weights of a panel allow, and then widened.</summary>
internal sealed class PairsTo16Step(KernelRow isa, KernelVariant variant) : ProductEmitter(isa, variant)
{
    public override int Depth => Format.PairDepth;

    public override string Bound =>
        $"A pair sum is at most 2 * 255 * {N(Format.LargestMagnitude)}, and {N(Depth / 4)} of them always fit 16 bits: "
        + $"{N(Depth / 4 * 510 * Format.LargestMagnitude)} <= 32,767; the loader finds how many of a panel's do.";

    public override bool HasFoundDepth => true;

    public override void BeginDepth(SourceWriter w, int tokens) =>
        Each(w, tokens, (m, v) => $"{Isa.Vector}<short> s{N(m)}{N(v)} = {Isa.Vector}<short>.Zero;");

    public override void EndDepth(SourceWriter w, int tokens) => Each(w, tokens, (m, v) =>
        $"{Sum(m, v)} += {Isa.Intrinsics}.MultiplyAddAdjacent(s{N(m)}{N(v)}, {Isa.Vector}<short>.One);");

    protected override void Add(SourceWriter w, int token, int vector, string activations, string weights) =>
        w.Lines($"s{N(token)}{N(vector)} += {Isa.Intrinsics}.MultiplyAddAdjacent({activations}, {weights});");

    private void Each(SourceWriter w, int tokens, Func<int, int, string> line)
    {
        for (int m = 0; m < tokens; m++)
        {
            for (int v = 0; v < Isa.PanelVectors; v++)
            {
                w.Lines(line(m, v));
            }
        }
    }
}
