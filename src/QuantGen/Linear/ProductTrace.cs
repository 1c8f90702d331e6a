namespace QuantGen.Linear;

/// <summary>
/// Reports executed products to profiles and to the tests that prove which kernels ran; one look at a thread's field per layer, nothing per tile.
/// </summary>
internal static class ProductTrace
{
    /// <summary>Takes what the kernel multiplies with, the bits of the weights (32 for full precision), outputs, padded inputs and tokens of a product on this
    /// thread.</summary>
    [ThreadStatic]
    internal static Action<MultiplyUnit, int, int, int, int>? Listener;
}
