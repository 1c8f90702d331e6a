using QuantGen.Packed;
using QuantGen.Specs;

namespace QuantGen.IntegrationTests.Reference;

/// <summary>A linear layer as plain numbers: <c>real[row, column] = (code - zero point) * scale</c>, read bit by bit from the packed file.</summary>
internal sealed class ReferenceMatrix
{
    private readonly double[,] _weights;
    private readonly double[] _bias;

    public ReferenceMatrix(PackedModel model, MatrixSpec spec)
    {
        Spec = spec;
        _bias = [.. model.Floats(spec.Name + ".bias").ToArray().Select(b => (double)b)];
        _weights = new double[spec.Rows, spec.Columns];
        if (spec.IsQuantized)
        {
            Dequantize(model);
            return;
        }

        ReadOnlySpan<float> weights = model.Floats(spec.Name + ".weight");
        for (int i = 0; i < weights.Length; i++)
        {
            _weights[i / spec.Columns, i % spec.Columns] = weights[i];
        }
    }

    public MatrixSpec Spec { get; }

    public double[] Apply(double[] input)
    {
        double[] output = new double[Spec.Rows];
        for (int row = 0; row < Spec.Rows; row++)
        {
            double sum = 0;
            for (int column = 0; column < Spec.Columns; column++)
            {
                sum += _weights[row, column] * input[column];
            }

            output[row] = sum + _bias[row];
        }

        return output;
    }

    private void Dequantize(PackedModel model)
    {
        byte[] stream = model.Codes(Spec.Name).ToArray();
        if (Spec.Storage == Storage.Codebook)
        {
            LookUp(stream, model.Floats(Spec.Name + ".codebook").ToArray());
            return;
        }

        float[] scales = model.Floats(Spec.Name + ".scales").ToArray();
        byte[]? zeroPoints = Spec.Mapping == Mapping.Asymmetric ? model.Bytes(Spec.Name + ".zero_points").ToArray() : null;
        int rowsPerGroup = Spec.Rows / Spec.GroupCount;

        // Groups with fewer bits are stored first; equal ones keep their order.
        int[] groups = [.. Enumerable.Range(0, Spec.GroupCount)];
        int[] stored = Spec.GroupBits.Count == 0 ? groups : [.. groups.OrderBy(g => Spec.GroupBits[g])];
        int groupsAlongRow = Spec.GroupSize == 0 ? 1 : (Spec.Columns + Spec.GroupSize - 1) / Spec.GroupSize;
        long firstBit = 0;

        // Rows of a pair's second half follow those of the first, and are added to them.
        int halves = Spec.Storage == Storage.BinaryPair ? 2 : 1;
        for (int s = 0; s < halves * Spec.Rows; s++)
        {
            int group = stored[s % Spec.Rows / rowsPerGroup];
            int bits = Spec.GroupBits.Count == 0 ? Spec.Bits : Spec.GroupBits[group];
            int row = (group * rowsPerGroup) + (s % rowsPerGroup);
            for (int column = 0; column < Spec.Columns; column++)
            {
                int code = Code(stream, firstBit + ((long)column * bits), bits);
                int scale = Spec.GroupSize == 0 ? s / rowsPerGroup : (s * groupsAlongRow) + (column / Spec.GroupSize);
                double centered = bits == 1 ? (2 * code) - 1 : code - (zeroPoints is null ? 1 << (bits - 1) : zeroPoints[scale]);
                _weights[row, column] += centered * scales[scale];
            }

            firstBit += ((Spec.Columns * bits) + 7) / 8 * 8;
        }

        Assert.Equal(stream.Length * 8, firstBit);
    }

    private void LookUp(byte[] stream, float[] codebook)
    {
        int rowBits = ((Spec.Columns * Spec.Bits) + 7) / 8 * 8;
        for (int i = 0; i < Spec.Rows * Spec.Columns; i++)
        {
            (int row, int column) = (i / Spec.Columns, i % Spec.Columns);
            _weights[row, column] = codebook[Code(stream, ((long)row * rowBits) + (column * Spec.Bits), Spec.Bits)];
        }
    }

    /// <summary>Reads a code of a little-endian stream of bits.</summary>
    public static int Code(byte[] stream, long firstBit, int bits)
    {
        int code = 0;
        for (int bit = 0; bit < bits; bit++)
        {
            long at = firstBit + bit;
            code |= ((stream[at / 8] >> (int)(at % 8)) & 1) << bit;
        }

        return code;
    }
}
