namespace QuantGen.Execution;

/// <summary>Where the memory of a pass comes from: address space first, and memory behind those parts that are used.</summary>
internal unsafe interface IPassPages
{
    /// <summary>Gets the multiple of bytes in which parts of a buffer are committed.</summary>
    long Step { get; }

    /// <summary>Reserves address space, aligned to 64 bytes.</summary>
    /// <param name="bytes">How much, at least 1.</param>
    /// <exception cref="OutOfMemoryException">There is not that much.</exception>
    byte* Reserve(nuint bytes);

    /// <summary>Puts memory behind a part of the address space, where there is none yet.</summary>
    /// <param name="first">First byte.</param>
    /// <param name="bytes">Length.</param>
    /// <exception cref="OutOfMemoryException">There is not that much.</exception>
    void Commit(byte* first, nuint bytes);

    /// <summary>Frees what was reserved.</summary>
    /// <param name="start">What <see cref="Reserve"/> returned; null for nothing.</param>
    void Free(byte* start);
}
