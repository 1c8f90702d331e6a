using QuantGen.Kernels;
using QuantGen.Linear;
using QuantGen.Packed;
using QuantGen.Quantization;
using QuantGen.Specs;

namespace QuantGen.Rounding;

/// <summary>A linear layer of ranges as they are, in plain loops.</summary>
internal sealed class RoundedReferenceLinear
{
    private readonly int[][] _codes;
    private readonly float[] _scales;
    private readonly float[] _centers;
    private readonly float[] _biases;
    private readonly ActivationParameters _input;

    /// <summary>Reads a layer.</summary>
    public RoundedReferenceLinear(PackedModel model, MatrixSpec matrix)
    {
        string site = model.Spec.Graph.SiteOf(matrix.Name);
        _input = ActivationParameters.FromCenter(
            model.Floats(site + PackedNames.InputScale)[0], model.Floats(site + PackedNames.InputCenter)[0], model.Spec.ActivationBits);
        _codes = new int[matrix.Rows][];
        (_scales, _centers, _biases) = (new float[matrix.Rows], new float[matrix.Rows], new float[matrix.Rows]);
        ReadOnlySpan<float> bias = model.Floats(matrix.Name + ".bias");
        ReadOnlySpan<byte> codes = model.Codes(matrix.Name);
        int[] rows = matrix.StoredRows();
        int at = 0;
        foreach (RowSegment segment in matrix.Segments())
        {
            int length = MatrixSpec.RowBytes(matrix.Columns, segment.Bits);
            for (int stored = segment.FirstRow; stored < segment.FirstRow + segment.Rows; stored++, at += length)
            {
                byte[] row = new byte[matrix.Columns];
                CodePacker.UnpackRow(codes.Slice(at, length), segment.Bits, row);
                int middle = 1 << (segment.Bits - 1);
                int output = rows[stored];
                _codes[output] = Array.ConvertAll(row, code => code - middle);
                _scales[output] = model.Floats(matrix.Name + PackedNames.Scales)[stored / matrix.RowsPerGroup];
                _centers[output] = model.Floats(matrix.Name + PackedNames.Centers)[stored / matrix.RowsPerGroup];
                _biases[output] = CenterPlacer.Bias(
                    bias[output], _input.Center, _scales[output], _codes[output].Sum(), _centers[output], matrix.Columns);
            }
        }
    }

    /// <summary>Computes the outputs of one row.</summary>
    public float[] Apply(float[] input)
    {
        int[] codes = Array.ConvertAll(input, x => _input.Code(x) - _input.ZeroPoint);
        int total = codes.Sum();
        float[] outputs = new float[_codes.Length];
        for (int row = 0; row < outputs.Length; row++)
        {
            int sum = 0;
            for (int i = 0; i < codes.Length; i++)
            {
                sum += codes[i] * _codes[row][i];
            }

            outputs[row] = (((sum * _scales[row]) + (_centers[row] * total)) * _input.Scale) + _biases[row];
        }

        return outputs;
    }
}
