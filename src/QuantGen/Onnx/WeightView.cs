using System.Runtime.InteropServices;
using QuantGen.Checkpoints;

namespace QuantGen.Onnx;

/// <summary>A tensor of a checkpoint as a part of a tensor of the graph: element (i, j) is the one at Start + i * RowStep + j * ColumnStep.</summary>
/// <param name="Tensor">The tensor of the graph.</param>
/// <param name="Shape">Dimensions, outermost first.</param>
/// <param name="Start">The first element.</param>
/// <param name="RowStep">Elements from one row to the next.</param>
/// <param name="ColumnStep">Elements from one column to the next; 0 where the whole tensor is meant, in its own order.</param>
internal sealed record WeightView(OnnxTensor Tensor, int[] Shape, int Start, int RowStep, int ColumnStep)
{
    /// <summary>Takes a whole tensor.</summary>
    public static WeightView Whole(OnnxTensor tensor) => new(tensor, [.. tensor.Shape.Select(n => (int)n)], 0, 0, 0);

    /// <summary>Takes columns of a matrix of inputs x outputs as outputs x inputs.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="first">The first column.</param>
    /// <param name="count">How many.</param>
    public static WeightView Columns(OnnxTensor matrix, int first, int count) => new(matrix, [count, (int)matrix.Shape[0]], first, 1, (int)matrix.Shape[1]);

    /// <summary>Takes elements of a vector.</summary>
    /// <param name="vector">The vector.</param>
    /// <param name="first">The first.</param>
    /// <param name="count">How many.</param>
    public static WeightView Part(OnnxTensor vector, int first, int count) => new(vector, [count], first, 1, 1);

    /// <summary>Gets the type that a checkpoint has for it: floats have 32 bits.</summary>
    public SafetensorsDType DType => Tensor.IsFloat ? SafetensorsDType.F32 : Tensor.DType!.Value;

    /// <summary>Gets the length in bytes.</summary>
    public long Length => Shape.Aggregate(1L, (x, y) => x * y) * DType.Size();

    /// <summary>Writes the elements.</summary>
    /// <param name="target">Takes them; has <see cref="Length"/> bytes.</param>
    public void CopyTo(Span<byte> target)
    {
        if (!Tensor.IsFloat)
        {
            Tensor.Bytes.CopyTo(target);
            return;
        }

        float[] source = Tensor.Floats();
        Span<float> values = MemoryMarshal.Cast<byte, float>(target);
        if (ColumnStep == 0)
        {
            source.CopyTo(values);
            return;
        }

        int columns = Shape.Length == 1 ? 1 : Shape[1];
        for (int at = 0; at < values.Length; at++)
        {
            values[at] = source[Start + (at / columns * RowStep) + (at % columns * ColumnStep)];
        }
    }

    /// <summary>Says whether another view has the same elements.</summary>
    public bool HasElementsOf(WeightView other)
    {
        if (this == other || (ReferenceEquals(Tensor, other.Tensor) && Shape.SequenceEqual(other.Shape)
            && (Start, RowStep, ColumnStep) == (other.Start, other.RowStep, other.ColumnStep)))
        {
            return true;
        }

        if (DType != other.DType || !Shape.SequenceEqual(other.Shape))
        {
            return false;
        }

        byte[] mine = new byte[Length];
        byte[] others = new byte[Length];
        CopyTo(mine);
        other.CopyTo(others);
        return mine.AsSpan().SequenceEqual(others);
    }
}
