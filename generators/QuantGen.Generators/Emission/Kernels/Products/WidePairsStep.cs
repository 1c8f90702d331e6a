using QuantGen.Linear;

namespace QuantGen.Generators.Emission.Kernels.Products;

/// <summary>Weights and activations are widened to 16 bits, and pairs of products added into 32.</summary>
internal sealed class WidePairsStep(KernelRow isa, KernelVariant variant) : ProductEmitter(isa, variant)
{
    private string Half => Isa.Vector == "Vector512" ? "Vector256" : "Vector128";

    public override string Bound => "Both operands have 16 bits, so a pair sum is exact in 32; 255 * 128 * 32,768 inputs stay below 2^31.";

    public override string CodesType => $"{Half}<byte>";

    public override string LoadCodes => $"{Half}.LoadUnsafe";

    public override string ActivationType => $"{Isa.Vector}<short>";

    public override string Widen(string codes) =>
        $"{Isa.Intrinsics}.ConvertTo{Isa.Vector}Int16({codes}.AsSByte())";

    public override void LoadWeights(SourceWriter w, string name, string codes) => w.Lines($"{Isa.Vector}<short> {name} = {codes};");

    // Two neighbouring codes as two 16-bit numbers in one 32-bit lane.
    public override string Broadcast(int token, int input) => $"{Isa.Vector}.Create(WidePair.Of(ref a{N(token)}, k + {N(input)})).AsInt16()";

    protected override void Add(SourceWriter w, int token, int vector, string activations, string weights) =>
        w.Lines($"{Sum(token, vector)} += {Isa.Intrinsics}.MultiplyAddAdjacent({activations}, {weights});");
}
