using QuantGen.Linear;

namespace QuantGen.Generators.Emission.Kernels.Products;

/// <summary>Four products are added into 32 bits by one instruction.</summary>
internal sealed class QuadsTo32Step(KernelRow isa, KernelVariant variant) : ProductEmitter(isa, variant)
{
    public override string Bound => "Four products are added into 32 bits at once; 255 * 128 * 32,768 inputs stay below 2^31.";

    protected override void Add(SourceWriter w, int token, int vector, string activations, string weights) =>
        w.Lines($"{Sum(token, vector)} = AvxVnni.MultiplyWideningAndAdd({Sum(token, vector)}, {activations}, {weights});");
}
