using System.Globalization;
using QuantGen.Generators.Emission.Kernels.Products;
using QuantGen.Linear;

namespace QuantGen.Generators.Emission.Kernels;

/// <summary>Emits the inner statements of one way to multiply: accumulators, loads, and the step that adds one token times one vector of weights.</summary>
internal abstract class ProductEmitter(KernelRow isa, KernelVariant variant)
{
    private static readonly Dictionary<ProductKind, Func<KernelRow, KernelVariant, ProductEmitter>> s_steps = new()
    {
        [ProductKind.PairsTo16] = (isa, variant) => new PairsTo16Step(isa, variant),
        [ProductKind.ClippedQuads] = (isa, variant) => new ClippedQuadsStep(isa, variant),
        [ProductKind.ClippedPairs] = (isa, variant) => new ClippedPairsStep(isa, variant),
        [ProductKind.WholePairs] = (isa, variant) => new WholePairsStep(isa, variant),
        [ProductKind.QuadsTo32] = (isa, variant) => new QuadsTo32Step(isa, variant),
        [ProductKind.SignedQuads] = (isa, variant) => new SignedQuadsStep(isa, variant),
        [ProductKind.WidePairs] = (isa, variant) => new WidePairsStep(isa, variant),
        [ProductKind.Portable] = (isa, variant) => new PortableStep(isa, variant),
    };

    protected KernelRow Isa { get; } = isa;

    protected CodeFormat Format { get; } = new(variant.Bits);

    protected bool IsGrouped { get; } = variant.IsGrouped;

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

    /// <summary>Gets the step of a kernel.</summary>
    /// <param name="isa">The kernel, of a kind that multiplies.</param>
    /// <param name="variant">What weights look like.</param>
    public static ProductEmitter For(KernelRow isa, KernelVariant variant) => s_steps[isa.Kind](isa, variant);

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

    /// <summary>Emits what the 32-bit accumulators of a group of inputs begin with, where that is not zero.</summary>
    public virtual void BeginGroup(SourceWriter w, int tokens)
    {
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
}
