namespace QuantGen.Quantization;

/// <summary>A range that follows those of one batch after the other (FullyQT, Prato et al. 2020): an exponential moving average of both ends.</summary>
internal static class MovingRange
{
    /// <summary>The share of what was there that stays at each batch.</summary>
    public const float Momentum = 0.9f;

    /// <summary>Returns the range after a batch; the first batch's is taken as it is.</summary>
    /// <param name="before">The range before it; null before the first.</param>
    /// <param name="batch">The batch's smallest and largest value.</param>
    public static (float Low, float High) Next((float Low, float High)? before, (float Low, float High) batch) => before is not { } range ? batch
        : (Follow(range.Low, batch.Low), Follow(range.High, batch.High));

    private static float Follow(float before, float batch) => (Momentum * before) + ((1f - Momentum) * batch);
}
