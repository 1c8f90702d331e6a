namespace QuantGen.Trainable.Kernels;

/// <summary>Where query, key and value of one head of one sequence are, or their gradients.</summary>
/// <param name="query">The first token's query.</param>
/// <param name="key">The first token's key.</param>
/// <param name="value">The first token's value.</param>
/// <param name="stride">Elements from token to token.</param>
/// <param name="length">Tokens.</param>
/// <param name="size">The head's dimensions.</param>
internal readonly ref struct AttentionHead(ref float query, ref float key, ref float value, nint stride, int length, int size)
{
    public readonly ref float Query = ref query;

    public readonly ref float Key = ref key;

    public readonly ref float Value = ref value;

    public nint Stride { get; } = stride;

    public int Length { get; } = length;

    public int Size { get; } = size;
}
