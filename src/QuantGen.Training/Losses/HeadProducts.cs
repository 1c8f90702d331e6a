using QuantGen.Trainable;

namespace QuantGen.Training.Losses;

/// <summary>The products of a layer's queries, keys or values with one another, within each head of each sequence, and the way back.</summary>
/// <param name="trace">The model's trace.</param>
/// <param name="projected">Queries, keys and values of the layer, side by side.</param>
/// <param name="starts">Where sequences begin, and the number of tokens.</param>
/// <param name="part">0 for queries, 1 for keys, 2 for values.</param>
internal sealed class HeadProducts(TrainingTrace trace, float[] projected, int[] starts, int part)
{
    private readonly int _heads = trace.Spec.Dimensions.Heads;
    private readonly int _size = trace.Spec.HeadSize;

    private int Stride => 3 * _heads * _size;

    private double Scale => 1 / Math.Sqrt(_size);

    /// <summary>Computes them: for each sequence <c>[heads, tokens, tokens]</c>.</summary>
    public float[] Compute()
    {
        float[] products = new float[trace.ScoreCount];
        EachHead((first, length, at, offset) =>
        {
            for (int i = 0; i < length; i++)
            {
                ReadOnlySpan<float> row = Row(projected, first + i, offset);
                for (int j = 0; j <= i; j++)
                {
                    products[at + (i * length) + j] = products[at + (j * length) + i] = (float)(Dot(row, Row(projected, first + j, offset)) * Scale);
                }
            }
        });
        return products;
    }

    /// <summary>Writes the gradients of queries, keys or values; what stands beside them stays.</summary>
    /// <param name="slopes">Gradients of the products, as symmetric as they are.</param>
    /// <param name="gradients">Where those of queries, keys and values stand side by side.</param>
    public void Backward(float[] slopes, float[] gradients) => EachHead((first, length, at, offset) =>
    {
        for (int i = 0; i < length; i++)
        {
            Span<float> target = Row(gradients, first + i, offset);
            target.Clear();
            for (int j = 0; j < length; j++)
            {
                // A product has both of its factors in the tensor.
                float slope = (float)(2 * Scale * slopes[at + (i * length) + j]);
                ReadOnlySpan<float> row = Row(projected, first + j, offset);
                for (int k = 0; k < target.Length; k++)
                {
                    target[k] += slope * row[k];
                }
            }
        }
    });

    private void EachHead(Action<int, int, int, int> run)
    {
        for (int sequence = 0; sequence + 1 < starts.Length; sequence++)
        {
            int length = starts[sequence + 1] - starts[sequence];
            for (int head = 0; head < _heads; head++)
            {
                run(starts[sequence], length, trace.ScoreStarts[sequence] + (head * length * length), ((part * _heads) + head) * _size);
            }
        }
    }

    private Span<float> Row(float[] values, int token, int offset) => values.AsSpan((token * Stride) + offset, _size);

    private static double Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        double even = 0;
        double odd = 0;
        int i = 0;
        for (; i + 1 < x.Length; i += 2)
        {
            even += (double)x[i] * y[i];
            odd += (double)x[i + 1] * y[i + 1];
        }

        return even + odd + (i < x.Length ? (double)x[i] * y[i] : 0);
    }
}
