namespace QuantGen.Peers.Graphs;

/// <summary>Rounds weight matrices the way the operators of ONNX Runtime want them.</summary>
internal static class OperatorCodes
{
    // Rows that are written together, so that a line of the cache is filled before it is left.
    private const int Tile = 32;

    /// <summary>Turns <c>[outputs, inputs]</c>, as checkpoints have it, into <c>[inputs, outputs]</c>, as products want it.</summary>
    public static float[] Transpose(float[] weight, int outputs, int inputs)
    {
        float[] result = GC.AllocateUninitializedArray<float>(weight.Length);
        for (int first = 0; first < outputs; first += Tile)
        {
            int end = Math.Min(first + Tile, outputs);
            for (int column = 0; column < inputs; column++)
            {
                for (int row = first; row < end; row++)
                {
                    result[(column * outputs) + row] = weight[(row * inputs) + column];
                }
            }
        }

        return result;
    }

    /// <summary>Makes symmetric codes of 8 bits.</summary>
    /// <param name="matrix">The weights, <c>[inputs, outputs]</c>.</param>
    /// <param name="outputs">Columns of the matrix.</param>
    /// <param name="isPerColumn">Whether every column has a scale of its own.</param>
    /// <param name="zero">What stands for zero: 0 in signed codes, 128 in unsigned ones.</param>
    /// <returns>The codes as they are stored, and the scales.</returns>
    public static (byte[] Codes, float[] Scales) Int8(float[] matrix, int outputs, bool isPerColumn, int zero)
    {
        float[] scales = new float[isPerColumn ? outputs : 1];
        int mask = isPerColumn ? -1 : 0;
        for (int start = 0; start < matrix.Length; start += outputs)
        {
            for (int column = 0; column < outputs; column++)
            {
                ref float scale = ref scales[column & mask];
                scale = Math.Max(scale, Math.Abs(matrix[start + column]) / 127);
            }
        }

        byte[] codes = GC.AllocateUninitializedArray<byte>(matrix.Length);
        for (int start = 0; start < matrix.Length; start += outputs)
        {
            for (int column = 0; column < outputs; column++)
            {
                float scale = scales[column & mask];
                codes[start + column] = (byte)((int)MathF.Round(matrix[start + column] / (scale == 0 ? 1 : scale)) + zero);
            }
        }

        return (codes, scales);
    }

    /// <summary>Makes the codes of <c>MatMulNBits</c>: rows in blocks with a scale each, low bits first, around the middle of the codes.</summary>
    /// <param name="weight">The weights, <c>[outputs, inputs]</c>.</param>
    /// <param name="outputs">Rows.</param>
    /// <param name="inputs">Columns; the last block of a row is filled up.</param>
    /// <param name="bits">2, 4 or 8.</param>
    /// <param name="block">Inputs that share a scale.</param>
    /// <returns>The codes <c>[outputs, blocks, block * bits / 8]</c> and the scales <c>[outputs, blocks]</c>.</returns>
    public static (byte[] Codes, float[] Scales) Blocks(float[] weight, int outputs, int inputs, int bits, int block)
    {
        int blocks = BlocksOf(inputs, block);
        int perByte = 8 / bits;
        int middle = 1 << (bits - 1);
        byte[] codes = new byte[outputs * blocks * block / perByte];
        float[] scales = new float[outputs * blocks];
        for (int i = 0; i < scales.Length; i++)
        {
            int start = i % blocks * block;
            ReadOnlySpan<float> values = weight.AsSpan((i / blocks * inputs) + start, Math.Min(block, inputs - start));
            float largest = 0;
            foreach (float value in values)
            {
                largest = Math.Max(largest, Math.Abs(value));
            }

            // Of two bits the largest code is 1 and the smallest -2: a scale between the two wastes neither.
            float scale = Math.Max(largest / (bits == 2 ? 1.5f : middle - 1), 1e-12f);
            scales[i] = scale;
            for (int at = 0; at < block; at++)
            {
                float value = at < values.Length ? values[at] : 0;
                int code = Math.Clamp((int)MathF.Round(value / scale) + middle, 0, (2 * middle) - 1);
                codes[((i * block) + at) / perByte] |= (byte)(code << (bits * (at % perByte)));
            }
        }

        return (codes, scales);
    }

    /// <summary>Gets how many blocks a row has.</summary>
    public static int BlocksOf(int inputs, int block) => (inputs + block - 1) / block;
}
