using QuantGen.Linear;

namespace QuantGen.Generators.Emission.Kernels.Products;

/// <summary>Weights that could not be clipped: even and odd inputs are widened to 16 bits.</summary>
internal sealed class WholePairsStep(KernelRow isa, KernelVariant variant) : ProductEmitter(isa, variant)
{
    public override string Bound => "Both operands have 16 bits, so a pair sum is exact in 32; 255 * 128 * 32,768 inputs stay below 2^31.";

    public override void LoadWeights(SourceWriter w, string name, string codes) => w.Lines($"""
        {Isa.Vector}<short> {name}Even = ({codes}.AsInt16() << 8) >> 8;
        {Isa.Vector}<short> {name}Odd = {codes}.AsInt16() >> 8;
        """);

    public override void LoadActivations(SourceWriter w, string name, int token, int input) => w.Lines($"""
        {Isa.Vector}<byte> {name} = {Broadcast(token, input)};
        {Isa.Vector}<short> {name}Even = {name}.AsInt16() & {Isa.Vector}.Create((short)0xFF);
        {Isa.Vector}<short> {name}Odd = {name}.AsInt16() >>> 8;
        """);

    protected override void Add(SourceWriter w, int token, int vector, string activations, string weights) => w.Lines($"""
        {Sum(token, vector)} += {Isa.Intrinsics}.MultiplyAddAdjacent({activations}Even, {weights}Even);
        {Sum(token, vector)} += {Isa.Intrinsics}.MultiplyAddAdjacent({activations}Odd, {weights}Odd);
        """);
}
