namespace QuantGen.Linear;

/// <summary>The kernels there are. Generated code's choice among them, rooflines, explanations, tests, benchmarks and README's table follow.</summary>
/// <remarks>
/// Tiles fit the registers: a sum that the compiler keeps on the stack costs what the stack's alignment makes of it, a different amount in every process.
/// </remarks>
internal static class KernelRegistry
{
    private static readonly int[] s_bits = [1, 2, 3, 4, 5, 6, 7, 8];

    // Three bits take two transforms and a union to unpack. One transform, for other widths, costs no more than reading four to eight times the bytes where
    // registers are many; sixteen hold a taller tile without what unpacking needs, which is a fifth faster.
    private static readonly KernelRow s_avx512 =
        new("Avx512", InstructionSet.Avx512BW, ProductKind.PairsTo16, MultiplyUnit.Pairs512, [1, 2, 3, 4, 5, 6, 7], 16, 4, 2, 4)
        {
            TallTokens = 6,
            UnpackedBits = [3],
            UnpackedTokens = 6,
        };

    private static readonly KernelRow s_vnni =
        new("Vnni256", InstructionSet.AvxVnni, ProductKind.QuadsTo32, MultiplyUnit.Quads256, [1, 2, 3, 4, 5, 6], 8, 4, 2, 4)
        {
            TallTokens = 5,
            UnpackedBits = [3],
            UnpackedTokens = 5,
        };

    // Pair sums of seven bits fit 16 bits alone, so that the sums of four products need fewer instructions.
    private static readonly KernelRow s_vnniSeven = s_vnni with { Bits = [7], UnpackedBits = [] };

    // Without unpacking, three vectors of weights fit sixteen registers, and four tokens divide most batches.
    private static readonly KernelRow s_vnniBytes = s_vnni with { Bits = [8], PanelVectors = 3, TallTokens = 4, UnpackedBits = [] };

    private static readonly KernelRow s_avx2 = new("Avx256", InstructionSet.Avx2, ProductKind.PairsTo16, MultiplyUnit.Pairs256, [1, 2, 3, 4], 8, 4, 2, 4)
    {
        UnpackedBits = [1, 2, 3, 4],
        UnpackedTokens = 6,
    };

    // Where codes are bytes, six tokens fit sixteen registers: twelve sums, two vectors of weights, activations and a product.
    private static readonly KernelRow s_avx2Bytes = s_avx2 with { Bits = [5, 6, 7], TallTokens = 6, UnpackedBits = [] };

    // Two kernels compete for one- and two-bit weights; which is faster depends on how fast a processor permutes words.
    private static readonly KernelRow s_tables512 =
        new("Tables512", InstructionSet.Avx512BW, ProductKind.Tables, MultiplyUnit.LookUp512, [1, 2], 32, 1, 6, 4)
        {
            ServesGroups = false,
            Rivals = [s_avx512],
        };

    private static readonly KernelRow s_tables256 = new("Tables256", InstructionSet.Avx2, ProductKind.Tables, MultiplyUnit.LookUp256, [1], 32, 1, 2, 2)
    {
        ServesGroups = false,
        Rivals = [s_vnni, s_avx2],
    };

    // Two pairs of 8-bit weights may leave 16 bits, which seldom happens: such weights are clipped, and what is missing is added apart.
    private static readonly KernelRow s_clipped512 =
        new("Quads512", InstructionSet.Avx512BW, ProductKind.ClippedQuads, MultiplyUnit.ClippedQuads512, [8], 16, 4, 2, 4)
        {
            TallTokens = 8,
            ServesGroups = false,
            Fallbacks =
            [
                new("Pairs512", InstructionSet.Avx512BW, ProductKind.ClippedPairs, MultiplyUnit.ClippedPairs512, [8], 16, 4, 2, 4) { TallTokens = 8 },
                new("Whole512", InstructionSet.Avx512BW, ProductKind.WholePairs, MultiplyUnit.WidePairs512, [8], 16, 4, 2, 4) { TallTokens = 6 },
            ],
        };

    // Eight sums, four vectors of weights, two of activations and two products.
    private static readonly KernelRow s_clipped256 =
        new("Quads256", InstructionSet.Avx2, ProductKind.ClippedQuads, MultiplyUnit.ClippedQuads256, [8], 8, 4, 2, 4)
        {
            ServesGroups = false,
            Fallbacks =
            [
                new("Pairs256", InstructionSet.Avx2, ProductKind.ClippedPairs, MultiplyUnit.ClippedPairs256, [8], 8, 4, 2, 4) { TallTokens = 5 },
                new("Whole256", InstructionSet.Avx2, ProductKind.WholePairs, MultiplyUnit.WidePairs256, [8], 8, 4, 2, 4),
            ],
        };

    // Three multiplications for two vectors of 512 bits, or four of AVX-VNNI: which is less depends on how wide a processor's units are.
    private static readonly KernelRow s_clippedOrVnni512 = s_clipped512 with
    {
        Rivals = [s_vnniBytes],
        Fallbacks = [s_vnniBytes with { Name = "Vnni256Whole", PanelVectors = 4, TileTokens = 3, TallTokens = 3 }],
    };

    // With a scale per group of inputs no sum can begin with what is missing, so both operands are widened where AVX-VNNI is missing.
    private static readonly KernelRow s_wide512 =
        new("Wide512", InstructionSet.Avx512BW, ProductKind.WidePairs, MultiplyUnit.WidePairs512, [8], 16, 2, 2, 4) { TallTokens = 8, ServesRows = false };

    private static readonly KernelRow s_wide256 =
        new("Wide256", InstructionSet.Avx2, ProductKind.WidePairs, MultiplyUnit.WidePairs256, [8], 8, 2, 2, 4) { ServesRows = false };

    // Of 32 registers sums take sixteen, and four each weights, their codes, and activations of sixteen inputs a token.
    private static readonly KernelRow s_dp = new("Dp128", InstructionSet.Dp, ProductKind.SignedQuads, MultiplyUnit.Quads128, [1, 2, 4], 4, 4, 4, 4);

    // The three parts of codes of three bits leave room for half as many sums, until they are bytes.
    private static readonly KernelRow s_dpThree = s_dp with { Bits = [3], TileTokens = 2, TallTokens = 2, UnpackedBits = [3], UnpackedTokens = 5 };

    private static readonly KernelRow s_dpBytes = s_dp with { Bits = [5, 6, 7, 8], TallTokens = 5 };

    /// <summary>Gets the kernels of quantized weights: of those that serve a format and that the machine has, the first is chosen.</summary>
    /// <remarks>256-bit VNNI has no 512-bit form here, and pair sums of narrow weights at 512 bits are faster; for 7 and 8 bits it is the other way
    /// round.</remarks>
    public static IReadOnlyList<KernelRow> All { get; } =
    [
        new("Differences512", InstructionSet.Avx512Vbmi, ProductKind.Differences, MultiplyUnit.Differences512, [1], 64, 1, 3, 4) { TallTokens = 8 },
        new("Differences256", InstructionSet.Avx2, ProductKind.Differences, MultiplyUnit.Differences256, [1], 32, 1, 2, 4),
        new("Differences128", InstructionSet.Vector128, ProductKind.Differences, MultiplyUnit.Differences128, [1], 16, 1, 2, 4),
        new("Scalar", InstructionSet.Scalar, ProductKind.PopulationCount, MultiplyUnit.DifferencesScalar, [1], 1, 1, 1, 4),
        s_tables512,
        s_clippedOrVnni512,
        s_vnniSeven,
        s_avx512,
        s_tables256,
        s_vnni,
        s_vnniBytes,
        s_clipped512,
        s_clipped256,
        s_wide512,
        s_wide256,
        s_avx2,
        s_avx2Bytes,
        s_dp,
        s_dpThree,
        s_dpBytes,
        new("Portable128", InstructionSet.Vector128, ProductKind.Portable, MultiplyUnit.Products128, s_bits, 16, 1, 1, 2),
        new("Scalar", InstructionSet.Scalar, ProductKind.Scalar, MultiplyUnit.ProductsScalar, s_bits, 16, 1, 1, 4),
    ];

    /// <summary>Gets the kernels of full-precision weights, best first. Tiles fill the registers: accumulators, a row of weights and one broadcast.</summary>
    public static IReadOnlyList<FloatKernelRow> Floats { get; } =
    [
        new("Float512", InstructionSet.Floats512, MultiplyUnit.Fused512, "Vector512<float>", "Vector512", "LoadUnsafe", "Create", 16, 6, 4, 1),
        new("Float256", InstructionSet.Floats256, MultiplyUnit.Fused256, "Vector256<float>", "Vector256", "LoadUnsafe", "Create", 8, 6, 2, 2),
        new("Float128", InstructionSet.Floats128, MultiplyUnit.Fused128, "Lanes128", "Lanes128", "Load", "Broadcast", 16, 2, 1, 1),
        new("FloatScalar", InstructionSet.Scalar, MultiplyUnit.FusedScalar, "LanesScalar", "LanesScalar", "Load", "Broadcast", 16, 2, 1, 1),
    ];

    /// <summary>Gets the kernels for weights and activations of one bit, best first; the last one runs everywhere.</summary>
    public static IReadOnlyList<KernelRow> ForBits { get; } = [.. All.Where(row => row.MeetsBits)];

    /// <summary>Gets the widths of quantized weights.</summary>
    public static IReadOnlyList<int> Widths => s_bits;

    /// <summary>Gets the kernels for a format of codes, best first; the last one runs everywhere.</summary>
    /// <param name="bits">Bits of a weight, 1 to 8.</param>
    /// <param name="isGrouped">Whether scales stand along the input.</param>
    public static IReadOnlyList<KernelRow> For(int bits, bool isGrouped) =>
        [.. All.Where(row => !row.MeetsBits && row.Bits.Contains(bits) && (isGrouped ? row.ServesGroups : row.ServesRows))];

    /// <summary>Gets what a machine must have that multiplies with a unit.</summary>
    /// <param name="unit">The unit.</param>
    public static InstructionSet SetOf(MultiplyUnit unit) => Floats.FirstOrDefault(row => row.Unit == unit)?.Set
        ?? All.SelectMany(row => row.Structs()).First(row => row.Unit == unit).Set;
}
