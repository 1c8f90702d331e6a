namespace QuantGen.Checkpoints;

/// <summary>A file that holds tensors of a checkpoint, in whichever format.</summary>
internal interface IWeightFile : IDisposable
{
    /// <summary>Gets the path the file was opened under.</summary>
    string Name { get; }

    /// <summary>Gets the tensors.</summary>
    IReadOnlyList<SafetensorsTensor> Tensors { get; }

    /// <summary>Refuses a tensor that no span can hold, before memory is taken for its numbers.</summary>
    /// <param name="tensor">A tensor of this file.</param>
    void RequireSpan(SafetensorsTensor tensor);

    /// <summary>Converts a tensor of F32, F16 or BF16 elements, in row-major order; NaN and infinity pass through.</summary>
    /// <param name="tensor">A tensor of this file.</param>
    /// <param name="destination">Takes one number per element; has exactly that length.</param>
    void ReadFloats(SafetensorsTensor tensor, Span<float> destination);

    /// <summary>Passes the whole file on, piece by piece.</summary>
    /// <param name="take">Gets every piece.</param>
    void CopyTo(Action<ReadOnlySpan<byte>> take);
}
