using QuantGen.Execution;
using QuantGen.Trainable;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>Sums the outer products of what enters one linear layer, and its values, over all tokens and uses.</summary>
internal sealed class InputMoments(int columns, TrainingPass pass)
{
    // Long enough for the product to be fast, short enough to stay in the caches.
    private const int TokensAtOnce = 256;

    private readonly float[] _waiting = new float[TokensAtOnce * columns];
    private readonly float[] _partial = new float[columns * columns];
    private readonly double[] _products = new double[columns * columns];
    private readonly double[] _sums = new double[columns];
    private int _count;

    /// <summary>Gets the number of tokens.</summary>
    public long Tokens { get; private set; }

    /// <summary>Takes a token.</summary>
    public void Add(ReadOnlySpan<float> values)
    {
        values.CopyTo(_waiting.AsSpan(_count * columns, columns));
        for (int i = 0; i < columns; i++)
        {
            _sums[i] += values[i];
        }

        Tokens++;
        if (++_count == TokensAtOnce)
        {
            Flush();
        }
    }

    /// <summary>Returns the mean of every input.</summary>
    public double[] Means() => [.. _sums.Select(sum => Tokens == 0 ? 0 : sum / Tokens)];

    /// <summary>Returns the mean outer product, <c>[columns, columns]</c>, symmetric.</summary>
    public double[] Products()
    {
        Flush();
        double factor = 1.0 / Math.Max(1, Tokens);
        return Array.ConvertAll(_products, sum => sum * factor);
    }

    // A chunk's sums are floats, all chunks' are doubles.
    private void Flush()
    {
        if (_count == 0)
        {
            return;
        }

        var x = new MatrixPlace(_waiting, 0, columns);
        pass.Products.WeightGradient(x, x, null, _count, columns, columns, new MatrixPlace(_partial, 0, columns));
        for (int i = 0; i < _partial.Length; i++)
        {
            _products[i] += _partial[i];
        }

        Array.Clear(_partial);
        _count = 0;
    }

    /// <summary>Hands what an observer sees of some sites to their moments.</summary>
    /// <param name="sites">The moments by the index of the site.</param>
    internal sealed class Observer(IReadOnlyDictionary<int, InputMoments> sites) : IActivationObserver
    {
        public void Observe(int site, int use, ReadOnlySpan<float> values)
        {
            if (sites.TryGetValue(site, out InputMoments? moments))
            {
                moments.Add(values);
            }
        }
    }
}
