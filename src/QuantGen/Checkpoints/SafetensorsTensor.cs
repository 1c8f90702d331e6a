namespace QuantGen.Checkpoints;

/// <summary>Describes one tensor of a safetensors file.</summary>
public sealed class SafetensorsTensor
{
    private readonly long[] _shape;

    internal SafetensorsTensor(string name, SafetensorsDType dtype, long[] shape, long offset, long length)
    {
        Name = name;
        DType = dtype;
        _shape = shape;
        Offset = offset;
        Length = length;
    }

    /// <summary>Gets the name in the header.</summary>
    public string Name { get; }

    /// <summary>Gets the element type.</summary>
    public SafetensorsDType DType { get; }

    /// <summary>Gets the dimensions, outermost first; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape => _shape;

    /// <summary>Gets the byte position from the start of the file.</summary>
    public long Offset { get; }

    /// <summary>Gets the length in bytes.</summary>
    public long Length { get; }

    /// <summary>Gets the number of elements, the product of <see cref="Shape"/>.</summary>
    public long ElementCount => Length / DType.Size();

    /// <summary>Says whether the dimensions are exactly these.</summary>
    /// <param name="shape">Dimensions, outermost first.</param>
    public bool HasShape(ReadOnlySpan<int> shape)
    {
        if (shape.Length != _shape.Length)
        {
            return false;
        }

        for (int i = 0; i < shape.Length; i++)
        {
            if (shape[i] != _shape[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Returns the name, type and shape, for messages.</summary>
    public override string ToString() => $"{Name} {Description}";

    /// <summary>Gets the type and shape as messages show them: <c>F32 [2, 256]</c>.</summary>
    internal string Description => $"{DType.Name()} {ShapeText(_shape)}";

    /// <summary>Writes a shape as messages show it.</summary>
    internal static string ShapeText<T>(IEnumerable<T> shape) => $"[{string.Join(", ", shape)}]";
}
