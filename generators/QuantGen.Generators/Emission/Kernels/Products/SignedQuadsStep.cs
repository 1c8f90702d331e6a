using QuantGen.Linear;

namespace QuantGen.Generators.Emission.Kernels.Products;

/// <summary>Four products of signed bytes are added into 32 bits by one instruction, of activations that four steps load together.</summary>
internal sealed class SignedQuadsStep(KernelRow isa, KernelVariant variant) : ProductEmitter(isa, variant)
{
    private const int Together = 16;
    private int _input;

    public override string Bound =>
        "Activations less 128 are signed bytes, and sums begin with 128 times the sum of their weights; 255 * 128 * 32,768 inputs stay below 2^31.";

    public override void Begin(SourceWriter w, int tokens)
    {
        if (IsGrouped)
        {
            base.Begin(w, tokens);
        }
        else
        {
            Start(w, tokens, $"{Isa.Vector}<int> ", "row", "w.Padding");
        }
    }

    public override void BeginGroup(SourceWriter w, int tokens) =>
        Start(w, tokens, string.Empty, "((nint)group * w.PaddedRows) + row", "(groupEnd < columns ? 0 : w.Padding)");

    public override void LoadActivations(SourceWriter w, string name, int token, int input)
    {
        _input = input;
        if (input % Together == 0)
        {
            string loaded = $"{Isa.Vector}.LoadUnsafe(ref Unsafe.AddByteOffset(ref a{N(token)}, k + {N(input)}))";
            w.Lines($"{Isa.Vector}<sbyte> {Loaded(token)} = ({loaded} ^ {Isa.Vector}.Create((byte)0x80)).AsSByte();");
        }
    }

    protected override void Add(SourceWriter w, int token, int vector, string activations, string weights) => w.Lines($"{Sum(token, vector)} = "
        + $"{Isa.Intrinsics}.DotProductBySelectedQuadruplet({Sum(token, vector)}, {weights}, {Loaded(token)}, {N(_input % Together / Isa.Interleave)});");

    private string Loaded(int token) => $"x{N(token)}From{N(_input / Together * Together)}";

    // Rows' sums know nothing of padded inputs, whose weights are the smallest code.
    private void Start(SourceWriter w, int tokens, string type, string row, string padding)
    {
        w.Lines($"{Isa.Vector}<int> padding = {Isa.Vector}.Create({padding} * {N(Format.LargestMagnitude)});");
        for (int part = 0; part < EpilogueEmitter.Parts(Isa); part++)
        {
            string sums = $"{Isa.Vector}.LoadUnsafe(ref w.Sums, (nuint)({row} + {N(part * EpilogueEmitter.Lanes(Isa))}))";
            w.Lines($"{type}{Sum(0, part)} = ({sums} - padding) << 7;");
            for (int m = 1; m < tokens; m++)
            {
                w.Lines($"{type}{Sum(m, part)} = {Sum(0, part)};");
            }
        }
    }
}
