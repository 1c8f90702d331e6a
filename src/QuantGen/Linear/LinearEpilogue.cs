using System.Runtime.CompilerServices;
using QuantGen.Lanes;
using QuantGen.Quantization;

namespace QuantGen.Linear;

/// <summary>Defines how an exact integer sum becomes an output: correct in integers first, convert once, multiply and add unfused.</summary>
/// <remarks>Generated kernels write the same operations in the same order over vectors and give the same bits.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class LinearEpilogue
{
    /// <summary>Computes what one group of inputs contributes to an output, before the token's scale.</summary>
    /// <param name="sum">Sum of activation code times centered weight code over the group.</param>
    /// <param name="x">The activations.</param>
    /// <param name="token">The token.</param>
    /// <param name="w">The layer.</param>
    /// <param name="row">The output.</param>
    /// <param name="group">The group along the input; 0 when the whole row is one.</param>
    public static float GroupTerm(int sum, in QuantizedRows x, int token, in PlacedLinear w, int row, int group)
    {
        int index = (group * w.PaddedRows) + row;
        int corrected = sum - (Unsafe.Add(ref x.ZeroPoints, token) * Unsafe.Add(ref w.Sums, index));
        if (!Unsafe.IsNullRef(ref w.ZeroPoints))
        {
            corrected -= Unsafe.Add(ref x.CenteredSums, (token * x.SumStride) + group) * Unsafe.Add(ref w.ZeroPoints, index);
        }

        return corrected * Unsafe.Add(ref w.Scales, index);
    }

    /// <summary>Computes what a row gives before the token's scale, where a weight is a code times the row's scale plus the row's center: the center meets the
    /// sum of the token's codes.</summary>
    /// <param name="sum">Sum of activation code times centered weight code over the row.</param>
    /// <param name="x">The activations.</param>
    /// <param name="token">The token.</param>
    /// <param name="w">The layer, whose zero points are the bits of the rows' centers.</param>
    /// <param name="row">The output.</param>
    public static float CenteredTerm(int sum, in QuantizedRows x, int token, in PlacedLinear w, int row)
    {
        int corrected = sum - (Unsafe.Add(ref x.ZeroPoints, token) * Unsafe.Add(ref w.Sums, row));
        float center = Unsafe.As<int, float>(ref Unsafe.Add(ref w.ZeroPoints, row));
        return (corrected * Unsafe.Add(ref w.Scales, row)) + (center * Unsafe.Add(ref x.CenteredSums, token * x.SumStride));
    }

    /// <summary>Computes an output of a model without floats.</summary>
    /// <param name="sum">Sum of activation code times centered weight code over the row.</param>
    /// <param name="w">The layer.</param>
    /// <param name="row">The output.</param>
    public static int Fixed(int sum, in PlacedLinear w, int row) => FixedPoint.Scale(
        sum, Unsafe.As<float, int>(ref Unsafe.Add(ref w.Scales, row)), WideProducts.At(ref w.Bias, WideProducts.Place(row)), w.Shift);

    /// <summary>Computes an output from the sum of its groups' terms.</summary>
    /// <param name="terms">The terms, added in ascending order of groups.</param>
    /// <param name="x">The activations.</param>
    /// <param name="token">The token.</param>
    /// <param name="w">The layer.</param>
    /// <param name="row">The output.</param>
    public static float Finish(float terms, in QuantizedRows x, int token, in PlacedLinear w, int row) =>
        (terms * Unsafe.Add(ref x.Scales, token)) + Unsafe.Add(ref w.Bias, row);
}
