using QuantGen.Kernels;
using QuantGen.Packed;
using QuantGen.Quantization;
using QuantGen.Specs;

namespace QuantGen.Integers;

/// <summary>A linear layer in plain loops: inputs become codes, sums of products are exact and become numbers of the outputs' scale.</summary>
internal sealed class IntegerReferenceLinear
{
    private readonly FixedCodes _codes;
    private readonly sbyte[][] _weights;
    private readonly int[] _multipliers;
    private readonly long[] _summands;
    private readonly int[] _shifts;

    /// <summary>Reads a layer.</summary>
    public IntegerReferenceLinear(PackedModel model, IntegerScales scales, MatrixSpec matrix)
    {
        ActivationParameters range = scales.Range(model.Spec.Graph.SiteOf(matrix.Name));
        _codes = FixedCodes.Of(scales.InputOf(matrix.Name), range.Scale, range.ZeroPoint, range.Lowest, range.Highest);
        _weights = new sbyte[matrix.Rows][];
        _multipliers = new int[matrix.Rows];
        _summands = new long[matrix.Rows];
        _shifts = new int[matrix.Rows];
        int[] order = matrix.StoredRows();
        foreach (RowSegment rows in matrix.Segments())
        {
            sbyte[][] codes = [.. Enumerable.Range(0, rows.Rows).Select(row => IntegerCodes.Row(model, matrix, rows, row))];
            IntegerLinear constants = IntegerLinear.Of(model, scales, matrix, rows, [.. codes.Select(row => row.Sum(code => code))]);
            for (int r = 0; r < codes.Length; r++)
            {
                int row = order[rows.FirstRow + r];
                (_weights[row], _multipliers[row], _summands[row], _shifts[row]) =
                    (codes[r], constants.Multipliers[r], constants.Summands[r], constants.Shift);
            }
        }
    }

    /// <summary>Computes a row.</summary>
    public int[] Apply(int[] input)
    {
        int[] codes = Array.ConvertAll(input, x => (int)_codes.Of(x));
        int[] output = new int[_weights.Length];
        for (int row = 0; row < output.Length; row++)
        {
            int sum = 0;
            for (int i = 0; i < codes.Length; i++)
            {
                sum += codes[i] * _weights[row][i];
            }

            output[row] = FixedPoint.Scale(sum, _multipliers[row], _summands[row], _shifts[row]);
        }

        return output;
    }
}
