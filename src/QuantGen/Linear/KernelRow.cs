using System.Globalization;
using QuantGen.Specs;

namespace QuantGen.Linear;

/// <summary>A kernel of quantized weights: an instruction set, the codes it serves, its tile, and what it is chosen against.</summary>
/// <param name="Name">Name of the emitted struct.</param>
/// <param name="Set">What the processor must have.</param>
/// <param name="Kind">How it multiplies.</param>
/// <param name="Unit">What it multiplies with, for profiles and rooflines.</param>
/// <param name="Bits">The widths of weights that it serves.</param>
/// <param name="VectorOutputs">Outputs in a vector of codes, or of one plane of bits.</param>
/// <param name="Interleave">Consecutive inputs that stand together.</param>
/// <param name="PanelVectors">Vectors of a panel.</param>
/// <param name="TileTokens">Tokens of a tile.</param>
internal sealed record KernelRow(
    string Name,
    InstructionSet Set,
    ProductKind Kind,
    MultiplyUnit Unit,
    IReadOnlyList<int> Bits,
    int VectorOutputs,
    int Interleave,
    int PanelVectors,
    int TileTokens)
{
    /// <summary>Gets the tokens of a taller tile that shares unpacked weights among more of them; <see cref="TileTokens"/> where registers allow no
    /// other.</summary>
    public int TallTokens { get; init; } = TileTokens;

    /// <summary>Gets whether it serves weights with a scale per row.</summary>
    public bool ServesRows { get; init; } = true;

    /// <summary>Gets whether it serves weights with scales along the input.</summary>
    public bool ServesGroups { get; init; } = true;

    /// <summary>Gets the kernels it is timed against, of which the first counts that the machine has; none where a rule says which is faster.</summary>
    public IReadOnlyList<KernelRow> Rivals { get; init; } = [];

    /// <summary>Gets the kernels for panels too many of whose weights would have to be clipped, the one that clips fewer first; none where nothing is
    /// clipped.</summary>
    public IReadOnlyList<KernelRow> Fallbacks { get; init; } = [];

    /// <summary>Gets the widths whose panels become bytes once for many tokens.</summary>
    public IReadOnlyList<int> UnpackedBits { get; init; } = [];

    /// <summary>Gets the tokens of a taller tile of such panels.</summary>
    public int UnpackedTokens { get; init; }

    /// <summary>Gets whether it meets activations of one bit.</summary>
    public bool MeetsBits => Kind is ProductKind.Differences or ProductKind.PopulationCount;

    /// <summary>Gets what users are shown.</summary>
    public string Title => Kind == ProductKind.Tables ? Set.Title + " tables" : Set.Title;

    /// <summary>Gets the C# expression that selects it; empty for the last resort.</summary>
    public string Condition => Rivals.Count > 0 ? "s_has" + Name : Set.Condition;

    /// <inheritdoc cref="InstructionSet.Vector"/>
    public string Vector => Set.Vector;

    /// <inheritdoc cref="InstructionSet.Intrinsics"/>
    public string Intrinsics => Set.Intrinsics;

    /// <inheritdoc cref="InstructionSet.Gfni"/>
    public string? Gfni => Set.Gfni;

    /// <summary>Gets the outputs of a panel.</summary>
    public int PanelOutputs => VectorOutputs * PanelVectors;

    /// <summary>Gets the bytes of a vector of codes.</summary>
    public int VectorBytes => VectorOutputs * Interleave;

    /// <summary>Gets whether panels do not divide padded rows, so that the last vectors need a kernel of one vector.</summary>
    public bool HasNarrow => Kind != ProductKind.Tables && (MeetsBits ? PanelPadding.PlaneRows : PanelPadding.Rows) % PanelOutputs != 0;

    /// <summary>Gets the kernel for those.</summary>
    public KernelRow Narrow => this with { Name = Name + "By" + VectorOutputs.ToString(CultureInfo.InvariantCulture), PanelVectors = 1 };

    /// <summary>Gets the kernel that multiplies unpacked panels, for many tokens; null where that gains nothing.</summary>
    /// <param name="bits">Bits of a weight.</param>
    public KernelRow? Unpacked(int bits) => UnpackedBits.Contains(bits) ? this with { Name = Name + "ByPanel", TallTokens = UnpackedTokens } : null;

    /// <summary>Gets whether panels are unpacked for any number of tokens.</summary>
    /// <remarks>
    /// Above four bits 16-bit sums are widened after fewer inputs than a pack holds, and a loop over bytes may stop after any of them; for few tokens
    /// unpacking hides behind the memory that codes come from.
    /// </remarks>
    /// <param name="bits">Bits of a weight.</param>
    public bool OnlyUnpacked(int bits) => bits is > 4 and < 8 && Kind != ProductKind.Scalar;

    /// <summary>Gets the tokens from which unpacking a panel first pays: soon, where registers leave little room for what three bits need.</summary>
    /// <param name="bits">Bits of a weight.</param>
    public int UnpackingTokens(int bits) => Vector == "Vector512" || bits != 3 ? 32 : 8;

    /// <summary>Gets all structs that may be emitted for the row, itself first.</summary>
    public IEnumerable<KernelRow> Structs() =>
        [this, .. HasNarrow ? [Narrow] : Array.Empty<KernelRow>(), .. UnpackedBits.Take(1).Select(bits => Unpacked(bits)!), .. Fallbacks];
}
