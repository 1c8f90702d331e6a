using QuantGen.Linear;

namespace QuantGen.Generators.Emission.Kernels.Products;

/// <summary>Vectors of any processor: products of 16 bits, added there as deep as exactness allows.</summary>
internal sealed class PortableStep(KernelRow isa, KernelVariant variant) : ProductEmitter(isa, variant)
{
    public override int Depth => Format.SingleDepth;

    public override string Bound =>
        $"A product is at most 255 * {N(Format.LargestMagnitude)}, and {N(Depth)} of them fit 16 bits: "
        + $"{N(Depth * 255 * Format.LargestMagnitude)} <= 32,767.";

    public override string ActivationType => "Vector128<short>";

    public override void BeginDepth(SourceWriter w, int tokens)
    {
        for (int m = 0; m < tokens; m++)
        {
            w.Lines($"Vector128<short> low{N(m)} = Vector128<short>.Zero;");
            w.Lines($"Vector128<short> high{N(m)} = Vector128<short>.Zero;");
        }
    }

    public override void EndDepth(SourceWriter w, int tokens)
    {
        for (int m = 0; m < tokens; m++)
        {
            w.Lines($"""
                {Sum(m, 0)} += Vector128.WidenLower(low{N(m)});
                {Sum(m, 1)} += Vector128.WidenUpper(low{N(m)});
                {Sum(m, 2)} += Vector128.WidenLower(high{N(m)});
                {Sum(m, 3)} += Vector128.WidenUpper(high{N(m)});
                """);
        }
    }

    public override void LoadWeights(SourceWriter w, string name, string codes) => w.Lines($"""
        Vector128<sbyte> {name} = {codes};
        Vector128<short> {name}Low = Vector128.WidenLower({name});
        Vector128<short> {name}High = Vector128.WidenUpper({name});
        """);

    public override string Broadcast(int token, int input) => $"Vector128.Create((short)Unsafe.AddByteOffset(ref a{N(token)}, k + {N(input)}))";

    protected override void Add(SourceWriter w, int token, int vector, string activations, string weights) => w.Lines($"""
        low{N(token)} += {activations} * {weights}Low;
        high{N(token)} += {activations} * {weights}High;
        """);
}
