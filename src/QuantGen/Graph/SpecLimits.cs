namespace QuantGen.Graph;

/// <summary>Upper bounds of what code is generated for. Sums of products of 8-bit codes stay inside 32 bits up to <see cref="MaxColumns"/>.</summary>
internal static class SpecLimits
{
    public const int MaxLayers = 128;

    // (2^8 - 1) * (2^8 - 1) * 2^15 < 2^31: a corrected sum of 8-bit codes cannot overflow.
    public const int MaxColumns = 1 << 15;
    public const int MaxVocabulary = 1 << 22;
    public const int MaxPositions = 1 << 15;
    public const int MaxTypes = 1 << 10;
    public const int MaxOutputs = 1 << 12;
    public const int MaxBatchTokens = 1 << 20;

    // Items of a phase are counted in an int; attention has one for each head of each sequence, and a sequence may have one token.
    public const int MaxItems = int.MaxValue;

    // Group borders along the input fall on whole vectors of 1-bit codes (32 inputs) and therefore on those of every other width.
    public const int GroupSizeMultiple = 32;
}
