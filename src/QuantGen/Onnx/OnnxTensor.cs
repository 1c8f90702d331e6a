using System.Buffers.Binary;
using QuantGen.Checkpoints;
using QuantGen.Files;

namespace QuantGen.Onnx;

/// <summary>A constant tensor of a graph.</summary>
/// <param name="Name">The name of its value.</param>
/// <param name="DType">The type of its elements; null for one that weights never have, whose bytes are not kept.</param>
/// <param name="Shape">Dimensions, outermost first.</param>
/// <param name="Source">The file its bytes are in.</param>
/// <param name="Offset">Where they begin.</param>
internal sealed record OnnxTensor(string Name, SafetensorsDType? DType, long[] Shape, FileBytes Source, long Offset)
{
    /// <summary>Gets the number of elements.</summary>
    public long Count => Shape.Aggregate(1L, (x, y) => x * y);

    /// <summary>Gets whether the elements are floats that 32 bits hold exactly.</summary>
    public bool IsFloat => DType is SafetensorsDType.F32 or SafetensorsDType.F16 or SafetensorsDType.BF16;

    /// <summary>Gets the bytes; the type is known.</summary>
    public ReadOnlySpan<byte> Bytes => Source.Slice(Offset, checked((int)(Count * DType!.Value.Size())));

    /// <summary>Reads all elements of a tensor of floats.</summary>
    public float[] Floats()
    {
        float[] values = new float[Count];
        FloatWidening.TryWiden(DType!.Value, Bytes, values);
        return values;
    }

    /// <summary>Gets the only element of a tensor of floats; null where it is none.</summary>
    public float? Scalar() => IsFloat && Count == 1 ? Floats()[0] : null;

    /// <summary>Gets the elements of a short tensor of whole numbers; null where it is none.</summary>
    public long[]? Integers()
    {
        const int most = 16;
        if (DType is not (SafetensorsDType.I64 or SafetensorsDType.I32) || Count > most)
        {
            return null;
        }

        ReadOnlySpan<byte> bytes = Bytes;
        int size = DType.Value.Size();
        long[] values = new long[Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = size == 8 ? BinaryPrimitives.ReadInt64LittleEndian(bytes[(8 * i)..]) : BinaryPrimitives.ReadInt32LittleEndian(bytes[(4 * i)..]);
        }

        return values;
    }

    /// <summary>Returns the name and the shape, for messages.</summary>
    public override string ToString() => $"'{Name}' {SafetensorsTensor.ShapeText(Shape)}";
}
