using QuantGen.Graph;

namespace QuantGen.Specs;

/// <summary>One tensor of a packed file. Compared by value.</summary>
/// <param name="Name">Name of the tensor; a packed file joins the tensors of linear layers and norms by what they hold.</param>
/// <param name="IsFloat">Whether elements are F32; otherwise U8.</param>
/// <param name="Shape">Dimensions, outermost first.</param>
/// <param name="Class">What the bytes are for, in the byte ledger.</param>
public sealed record TensorSpec(string Name, bool IsFloat, EquatableArray<int> Shape, TensorClass Class)
{
    /// <summary>Gets the number of elements.</summary>
    public long Count
    {
        get
        {
            long product = 1;
            for (int i = 0; i < Shape.Count; i++)
            {
                product *= Shape[i];
            }

            return product;
        }
    }

    /// <summary>Gets the number of bytes.</summary>
    public long Bytes => IsFloat ? Count * 4 : Count;
}
