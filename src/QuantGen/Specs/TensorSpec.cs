namespace QuantGen.Specs;

/// <summary>One tensor of a packed file. Compared by value.</summary>
/// <param name="Name">Name in the file.</param>
/// <param name="IsFloat">Whether elements are F32; otherwise U8.</param>
/// <param name="Shape">Dimensions, outermost first.</param>
/// <param name="Class">What the bytes are for, in the byte ledger.</param>
public sealed record TensorSpec(string Name, bool IsFloat, EquatableArray<int> Shape, TensorClass Class)
{
    /// <summary>Gets the number of elements.</summary>
    public long Count => Shape.Aggregate(1L, (product, n) => product * n);

    /// <summary>Gets the number of bytes.</summary>
    public long Bytes => IsFloat ? Count * 4 : Count;
}
