using QuantGen.Linear;

namespace QuantGen.Generators.Emission.Kernels.Products;

/// <summary>A pair of products, of weights that were clipped for it, is widened at once; sums begin with what was clipped.</summary>
internal class ClippedPairsStep(KernelRow isa, KernelVariant variant) : ProductEmitter(isa, variant)
{
    public override string Bound =>
        "Weights of a pair that have one sign add up to at most 128, and 255 * 128 <= 32,767; sums begin with what was clipped.";

    public override void Begin(SourceWriter w, int tokens)
    {
        w.Lines("ref int starts = ref Unsafe.Add(ref w.Starts, token * (nint)w.StartStride);");
        for (int m = 0; m < tokens; m++)
        {
            for (int part = 0; part < EpilogueEmitter.Parts(Isa); part++)
            {
                string at = (m == 0 ? string.Empty : $"({N(m)} * (nint)w.StartStride) + ") + N(part * EpilogueEmitter.Lanes(Isa));
                w.Lines($"{Isa.Vector}<int> {Sum(m, part)} = {Isa.Vector}.LoadUnsafe(ref Unsafe.Add(ref starts, {at}));");
            }
        }
    }

    protected override void Add(SourceWriter w, int token, int vector, string activations, string weights) => w.Lines($"{Sum(token, vector)} += "
        + $"{Isa.Intrinsics}.MultiplyAddAdjacent({Isa.Intrinsics}.MultiplyAddAdjacent({activations}, {weights}), {Isa.Vector}<short>.One);");
}
