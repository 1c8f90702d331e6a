using QuantGen.Specs;

namespace QuantGen.Generators.Emission.Kernels;

/// <summary>How a kernel multiplies.</summary>
internal enum ProductKind
{
    /// <summary>u8 x s8 pairs to 16 bits (<c>MultiplyAddAdjacent</c>), added in 16 bits as deep as exactness allows, then widened.</summary>
    PairsTo16,

    /// <summary>u8 x s8 pairs to 16 bits, two of them added there, of weights that were clipped for it, then to 32.</summary>
    ClippedQuads,

    /// <summary>u8 x s8 pairs to 16 bits, of weights that were clipped for it, then straight to 32.</summary>
    ClippedPairs,

    /// <summary>The same weights as they are: even and odd inputs widened to 16 bits, each with pairs straight to 32.</summary>
    WholePairs,

    /// <summary>u8 x s8 quadruples straight to 32 bits (<c>AvxVnni</c>).</summary>
    QuadsTo32,

    /// <summary>s16 x s16 pairs straight to 32 bits; weights and activations are widened first.</summary>
    WidePairs,

    /// <summary>Portable: weights and activations widened to 16 bits, products added in 16 bits as deep as exactness allows.</summary>
    Portable,

    /// <summary>No products at all: sums of activations are looked up.</summary>
    Tables,

    /// <summary>No products at all: how many of a few bits of weights and activations differ is looked up.</summary>
    Differences,

    /// <summary>The same, counted word by word in plain loops: the definition.</summary>
    PopulationCount,

    /// <summary>Plain loops: the definition.</summary>
    Scalar,
}

/// <summary>An instruction set as the kernel emitter sees it: everything that differs between widths is a value here.</summary>
/// <param name="Name">Name of the emitted struct.</param>
/// <param name="Title">What users are shown.</param>
/// <param name="Condition">The test that selects it; empty for the last resort.</param>
/// <param name="Kind">How it multiplies.</param>
/// <param name="Vector">The static class of its vectors.</param>
/// <param name="Intrinsics">The class of its multiply instructions.</param>
/// <param name="Gfni">The class that unpacks with one instruction, or null.</param>
/// <param name="VectorOutputs">Outputs in a vector of codes.</param>
/// <param name="Interleave">Consecutive inputs that stand together.</param>
/// <param name="PanelVectors">Vectors of a panel.</param>
/// <param name="TileTokens">Tokens of a tile.</param>
internal sealed record IsaSpec(
    string Name,
    string Title,
    string Condition,
    ProductKind Kind,
    string Vector,
    string Intrinsics,
    string? Gfni,
    int VectorOutputs,
    int Interleave,
    int PanelVectors,
    int TileTokens)
{
    // Tiles fit the registers: a sum that the compiler keeps on the stack costs what the stack's alignment makes of it, a different amount in every process.
    private static readonly IsaSpec s_avx512 = new(
        "Avx512", "AVX-512BW", "Vector512.IsHardwareAccelerated && Avx512BW.IsSupported", ProductKind.PairsTo16, "Vector512", "Avx512BW", "Gfni.V512", 16, 4, 2,
        4) { TallTokens = 6 };

    private static readonly IsaSpec s_vnni = new(
        "Vnni256", "AVX-VNNI", "AvxVnni.IsSupported", ProductKind.QuadsTo32, "Vector256", "AvxVnni", "Gfni.V256", 8, 4, 2, 4) { TallTokens = 5 };

    private static readonly IsaSpec s_avx2 = new(
        "Avx256", "AVX2", "Avx2.IsSupported", ProductKind.PairsTo16, "Vector256", "Avx2", "Gfni.V256", 8, 4, 2, 4);

    // Where codes are bytes, six tokens fit sixteen registers: twelve sums, two vectors of weights, activations and a product.
    private static readonly IsaSpec s_avx2Bytes = s_avx2 with { TallTokens = 6 };

    // Two kernels compete for one- and two-bit weights; which is faster depends on how fast a processor permutes words.
    private static readonly IsaSpec s_tables512 = s_avx512 with
    {
        Name = "Tables512",
        Title = "AVX-512BW tables",
        Condition = "s_hasTables512",
        Kind = ProductKind.Tables,
        Race = $"{s_avx512.Condition} && KernelRace.IsTableFaster<Tables512, Avx512>()",
    };

    private static readonly IsaSpec s_tables256 = s_avx2 with
    {
        Name = "Tables256",
        Title = "AVX2 tables",
        Condition = "s_hasTables256",
        Kind = ProductKind.Tables,
        Race = $"!({s_avx512.Condition}) && {s_avx2.Condition}\n    && ({s_vnni.Condition} ? KernelRace.IsTableFaster<Tables256, Vnni256>() : "
            + $"KernelRace.IsTableFaster<Tables256, Avx256>())",
    };

    // Without unpacking, three vectors of weights fit sixteen registers, and four tokens divide most batches.
    private static readonly IsaSpec s_vnniBytes = s_vnni with { PanelVectors = 3, TileTokens = 4, TallTokens = 4 };

    // Two pairs of 8-bit weights may leave 16 bits, which seldom happens: such weights are clipped, and what is missing is added apart.
    private static readonly IsaSpec s_clipped512 = s_avx512 with { Name = "Quads512", Kind = ProductKind.ClippedQuads, TallTokens = 8 };

    // Eight sums, four vectors of weights, two of activations and two products.
    private static readonly IsaSpec s_clipped256 = s_avx2 with { Name = "Quads256", Kind = ProductKind.ClippedQuads };

    // Three multiplications for two vectors of 512 bits, or four of AVX-VNNI: which is less depends on how wide a processor's units are.
    private static readonly IsaSpec s_clippedOrVnni512 = s_clipped512 with
    {
        Condition = "s_hasQuads512",
        Race = $"{s_avx512.Condition} && {s_vnni.Condition}\n    && KernelRace.IsClippedFaster<Quads512, Vnni256, Vnni256By8>()",
        IsBesideVnni = true,
    };

    // With a scale per group of inputs no sum can begin with what is missing, so both operands are widened where AVX-VNNI is missing.
    private static readonly IsaSpec s_wide512 = s_avx512 with { Name = "Wide512", Kind = ProductKind.WidePairs, Interleave = 2, TallTokens = 8 };

    private static readonly IsaSpec s_wide256 = s_avx2 with { Name = "Wide256", Kind = ProductKind.WidePairs, Interleave = 2 };

    private static readonly IsaSpec s_portable = new(
        "Portable128", "128-bit", "Vector128.IsHardwareAccelerated", ProductKind.Portable, "Vector128", "Vector128", null, 16, 1, 1, 2);

    private static readonly IsaSpec s_scalar = new(
        "Scalar", "scalar", string.Empty, ProductKind.Scalar, string.Empty, string.Empty, null, 16, 1, 1, 4);

    /// <summary>Gets the instruction sets for weights and activations of one bit, best first; the last one runs everywhere.</summary>
    public static IReadOnlyList<IsaSpec> ForBits { get; } = new IsaSpec[]
    {
        new("Differences512", "AVX-512VBMI", "Vector512.IsHardwareAccelerated && Avx512Vbmi.IsSupported", ProductKind.Differences, "Vector512", "Avx512Vbmi",
            null, 64, 1, 3, 4) { TallTokens = 8 },
        new("Differences256", "AVX2", "Avx2.IsSupported", ProductKind.Differences, "Vector256", "Avx2", null, 32, 1, 2, 4),
        new("Differences128", "128-bit", "Vector128.IsHardwareAccelerated", ProductKind.Differences, "Vector128", "Vector128", null, 16, 1, 2, 4),
        new("Scalar", "scalar", string.Empty, ProductKind.PopulationCount, string.Empty, string.Empty, null, 1, 1, 1, 4),
    };

    /// <summary>Gets the instruction sets for a bit-width, best first; the last one runs everywhere.</summary>
    /// <remarks>256-bit VNNI has no 512-bit form here, and pair sums of narrow weights at 512 bits are faster; for 8 bits it is the other way round.</remarks>
    /// <param name="bits">Bits of a weight.</param>
    /// <param name="isGrouped">Whether scales stand along the input.</param>
    public static IReadOnlyList<IsaSpec> For(int bits, bool isGrouped)
    {
        if (bits == 8)
        {
            return isGrouped
                ? new[] { s_vnniBytes, s_wide512, s_wide256, s_portable, s_scalar }
                : new[] { s_clippedOrVnni512, s_vnniBytes, s_clipped512, s_clipped256, s_portable, s_scalar };
        }

        if (bits == 7)
        {
            // Pair sums of seven bits fit 16 bits alone, so that the sums of four products need fewer instructions.
            return new[] { s_vnni, s_avx512, s_avx2Bytes, s_portable, s_scalar };
        }

        var products = new[] { s_avx512, s_vnni, bits > 4 ? s_avx2Bytes : s_avx2, s_portable, s_scalar };
        return (PanelPadding.HasTables(bits, isGrouped), bits) switch
        {
            (true, 1) => new[] { s_tables512, s_avx512, s_tables256, s_vnni, s_avx2, s_portable, s_scalar },
            (true, _) => new[] { s_tables512 }.Concat(products).ToArray(),
            _ => products,
        };
    }

    /// <summary>Gets the expression that times a kernel against its rival; null where nothing competes.</summary>
    public string? Race { get; init; }

    /// <summary>Gets the tokens of a taller tile that shares unpacked weights among more of them; <see cref="TileTokens"/> where registers allow no
    /// other.</summary>
    public int TallTokens { get; init; } = TileTokens;

    /// <summary>Gets whether panels do not divide padded rows, so that the last vectors need a kernel of one vector.</summary>
    public bool HasNarrow => (Kind == ProductKind.Differences ? PanelPadding.PlaneRows : PanelPadding.Rows) % PanelOutputs != 0;

    /// <summary>Gets the kernel for those.</summary>
    public IsaSpec Narrow => this with { Name = Name + "By" + VectorOutputs.ToString(System.Globalization.CultureInfo.InvariantCulture), PanelVectors = 1 };

    /// <summary>Gets the kernel that multiplies unpacked panels, for many tokens; null where that gains nothing.</summary>
    /// <remarks>
    /// Three bits take two transforms and a union to unpack. One transform, for other widths, costs no more than reading four to eight times the bytes where
    /// registers are many; sixteen hold a taller tile without what unpacking needs, which is a fifth faster.
    /// </remarks>
    /// <param name="bits">Bits of a weight.</param>
    public IsaSpec? Unpacked(int bits) => (Kind, bits) switch
    {
        (_, > 4) => null,
        (ProductKind.PairsTo16, _) when !Is512 => s_avx2Bytes with { Name = Name + "ByPanel" },
        (ProductKind.PairsTo16 or ProductKind.QuadsTo32, 3) => this with { Name = Name + "ByPanel" },
        _ => null,
    };

    /// <summary>Gets whether AVX-VNNI is there for panels that cannot be clipped.</summary>
    public bool IsBesideVnni { get; init; }

    /// <summary>Gets the kernels for panels too many of whose weights would have to be clipped, the one that clips fewer first; none where nothing is
    /// clipped.</summary>
    public IReadOnlyList<IsaSpec> Fallbacks => Kind != ProductKind.ClippedQuads ? Array.Empty<IsaSpec>()
        : IsBesideVnni ? new[] { s_vnni with { Name = "Vnni256Whole", PanelVectors = 2 * PanelVectors, TileTokens = 3, TallTokens = 3 } }
        : new[]
        {
            this with { Name = Name.Replace("Quads", "Pairs"), Kind = ProductKind.ClippedPairs, TallTokens = Is512 ? TallTokens : 5 },
            this with { Name = Name.Replace("Quads", "Whole"), Kind = ProductKind.WholePairs, TallTokens = Is512 ? 6 : TileTokens },
        };

    /// <summary>Gets whether panels are unpacked for any number of tokens.</summary>
    /// <remarks>
    /// Above four bits 16-bit sums are widened after fewer inputs than a pack holds, and a loop over bytes may stop after any of them; for few tokens
    /// unpacking hides behind the memory that codes come from.
    /// </remarks>
    /// <param name="bits">Bits of a weight.</param>
    public bool OnlyUnpacked(int bits) => bits is > 4 and < 8 && Kind != ProductKind.Scalar;

    /// <summary>Gets the tokens from which unpacking a panel first pays: soon, where sixteen registers leave no room for what three bits need.</summary>
    /// <param name="bits">Bits of a weight.</param>
    public int UnpackingTokens(int bits) => Is512 || bits != 3 ? 32 : 8;

    /// <summary>Gets the bytes of a vector of codes.</summary>
    public int VectorBytes => VectorOutputs * Interleave;

    /// <summary>Gets the expression of what the kernel multiplies with.</summary>
    public string Unit => "MultiplyUnit." + Kind switch
    {
        ProductKind.PairsTo16 => Is512 ? "Pairs512" : "Pairs256",
        ProductKind.ClippedQuads => Is512 ? "ClippedQuads512" : "ClippedQuads256",
        ProductKind.ClippedPairs => Is512 ? "ClippedPairs512" : "ClippedPairs256",
        ProductKind.QuadsTo32 => "Quads256",
        ProductKind.WidePairs or ProductKind.WholePairs => Is512 ? "WidePairs512" : "WidePairs256",
        ProductKind.Portable => "Products128",
        ProductKind.Tables => Is512 ? "LookUp512" : "LookUp256",
        ProductKind.Differences => Vector.Replace("Vector", "Differences"),
        ProductKind.PopulationCount => "DifferencesScalar",
        _ => "ProductsScalar",
    };

    private bool Is512 => Vector == "Vector512";

    /// <summary>Gets the outputs of a panel.</summary>
    public int PanelOutputs => VectorOutputs * PanelVectors;
}
