using System.Globalization;

namespace QuantGen.Generators.Emission.Kernels;

/// <summary>Emits the inner statements of one way to multiply: accumulators, loads, and the step that adds one token times one vector of weights.</summary>
internal abstract class ProductEmitter(IsaSpec isa, KernelVariant variant)
{
    protected IsaSpec Isa { get; } = isa;

    protected CodeFormat Format { get; } = new(variant.Bits);

    /// <summary>Gets the inputs after which 16-bit sums are widened, or the fewest of them; 0 when sums have 32 bits from the start.</summary>
    public virtual int Depth => 0;

    /// <summary>Gets whether the loader has found the depth of every panel, at least <see cref="Depth"/>.</summary>
    public virtual bool HasFoundDepth => false;

    /// <summary>Gets the packs of inputs whose products are added before they are widened.</summary>
    public virtual int PacksTogether => 1;

    /// <summary>Gets a comment that says why no sum overflows.</summary>
    public abstract string Bound { get; }

    /// <summary>Gets the type of loaded codes.</summary>
    public virtual string CodesType => $"{Isa.Vector}<byte>";

    /// <summary>Gets the method that loads codes.</summary>
    public virtual string LoadCodes => $"{Isa.Vector}.LoadUnsafe";

    /// <summary>Gets the type of broadcast activations.</summary>
    public virtual string ActivationType => $"{Isa.Vector}<byte>";

    public static ProductEmitter For(IsaSpec isa, KernelVariant variant) => isa.Kind switch
    {
        ProductKind.PairsTo16 => new PairsTo16Emitter(isa, variant),
        ProductKind.ClippedQuads => new ClippedQuadsEmitter(isa, variant),
        ProductKind.ClippedPairs => new ClippedPairsEmitter(isa, variant),
        ProductKind.WholePairs => new WholePairsEmitter(isa, variant),
        ProductKind.QuadsTo32 => new QuadsTo32Emitter(isa, variant),
        ProductKind.WidePairs => new WidePairsEmitter(isa, variant),
        _ => new PortableEmitter(isa, variant),
    };

    /// <summary>Emits the 32-bit accumulators.</summary>
    public virtual void Begin(SourceWriter w, int tokens)
    {
        for (int m = 0; m < tokens; m++)
        {
            for (int part = 0; part < EpilogueEmitter.Parts(Isa); part++)
            {
                w.Lines($"{Isa.Vector}<int> {EpilogueEmitter.Sum(Isa, m, part)} = {Isa.Vector}<int>.Zero;");
            }
        }
    }

    /// <summary>Emits the reset of the 32-bit accumulators between groups.</summary>
    public void Clear(SourceWriter w, int tokens)
    {
        for (int m = 0; m < tokens; m++)
        {
            for (int part = 0; part < EpilogueEmitter.Parts(Isa); part++)
            {
                w.Lines($"{EpilogueEmitter.Sum(Isa, m, part)} = {Isa.Vector}<int>.Zero;");
            }
        }
    }

    /// <summary>Emits 16-bit accumulators.</summary>
    public virtual void BeginDepth(SourceWriter w, int tokens)
    {
    }

    /// <summary>Emits the widening of 16-bit accumulators.</summary>
    public virtual void EndDepth(SourceWriter w, int tokens)
    {
    }

    /// <summary>Gets the expression of eight-bit weights from their loaded bytes.</summary>
    public virtual string Widen(string codes) => codes + ".AsSByte()";

    /// <summary>Emits the weights of a step under a name.</summary>
    public virtual void LoadWeights(SourceWriter w, string name, string codes) => w.Lines($"{Isa.Vector}<sbyte> {name} = {codes};");

    /// <summary>Emits a token's activations at an input under a name.</summary>
    public virtual void LoadActivations(SourceWriter w, string name, int token, int input) => w.Lines($"{ActivationType} {name} = {Broadcast(token, input)};");

    /// <summary>Gets the expression of a token's activations at an input.</summary>
    public virtual string Broadcast(int token, int input) =>
        $"{Isa.Vector}.Create(Unsafe.ReadUnaligned<uint>(ref Unsafe.AddByteOffset(ref a{N(token)}, k + {N(input)}))).AsByte()";

    /// <summary>Emits one product, or the sum of those of packs that belong together.</summary>
    public virtual void Add(SourceWriter w, int token, int vector, string[] activations, string[] weights) =>
        Add(w, token, vector, activations[0], weights[0]);

    protected static string N(int number) => number.ToString(CultureInfo.InvariantCulture);

    protected string Sum(int token, int part) => EpilogueEmitter.Sum(Isa, token, part);

    /// <summary>Emits one product.</summary>
    protected abstract void Add(SourceWriter w, int token, int vector, string activations, string weights);

    private sealed class PairsTo16Emitter(IsaSpec isa, KernelVariant variant) : ProductEmitter(isa, variant)
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

    private sealed class ClippedQuadsEmitter(IsaSpec isa, KernelVariant variant) : ClippedPairsEmitter(isa, variant)
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

    private class ClippedPairsEmitter(IsaSpec isa, KernelVariant variant) : ProductEmitter(isa, variant)
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

    private sealed class WholePairsEmitter(IsaSpec isa, KernelVariant variant) : ProductEmitter(isa, variant)
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

    private sealed class QuadsTo32Emitter(IsaSpec isa, KernelVariant variant) : ProductEmitter(isa, variant)
    {
        public override string Bound => "Four products are added into 32 bits at once; 255 * 128 * 32,768 inputs stay below 2^31.";

        protected override void Add(SourceWriter w, int token, int vector, string activations, string weights) =>
            w.Lines($"{Sum(token, vector)} = AvxVnni.MultiplyWideningAndAdd({Sum(token, vector)}, {activations}, {weights});");
    }

    private sealed class WidePairsEmitter(IsaSpec isa, KernelVariant variant) : ProductEmitter(isa, variant)
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

    private sealed class PortableEmitter(IsaSpec isa, KernelVariant variant) : ProductEmitter(isa, variant)
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
}
