namespace QuantGen.Execution;

/// <summary>A buffer that all workers of a pass share, of which a batch uses a part for each of its tokens.</summary>
/// <param name="Offset">Where it stands in the shared buffers, in bytes.</param>
/// <param name="BytesPerToken">The most bytes that each token uses.</param>
public readonly record struct TokenBuffer(long Offset, long BytesPerToken);
