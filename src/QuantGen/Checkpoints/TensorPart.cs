namespace QuantGen.Checkpoints;

/// <summary>Bytes of a tensor that are made when they are needed, straight into the place where they go.</summary>
/// <param name="Length">Number of bytes.</param>
/// <param name="Fill">Writes exactly that many; may run on any thread, at the same time as others.</param>
internal readonly record struct TensorPart(int Length, Action<Span<byte>> Fill);
