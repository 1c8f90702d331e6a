namespace QuantGen.Trainable;

/// <summary>The gradient of something that a place has once, a threshold or a shift: summed over all rows of a batch, in double precision and in their
/// order, also where the batch is run in parts.</summary>
internal struct ThresholdSum
{
    private double _sum;
    private long _elements;

    /// <summary>Goes on with the rows of a pass.</summary>
    /// <param name="part">Which part of the batch the pass has.</param>
    /// <param name="parts">What each row, or each head of a sequence, adds.</param>
    /// <param name="stride">From one summand to the next.</param>
    /// <param name="elements">Activations of the pass that the summands come from.</param>
    public void Add<T>(BatchPart part, ReadOnlySpan<T> parts, int stride, long elements)
        where T : struct, System.Numerics.IFloatingPointIeee754<T>
    {
        if (part.IsFirst)
        {
            (_sum, _elements) = (0, 0);
        }

        for (int i = 0; i < parts.Length; i += stride)
        {
            _sum += double.CreateChecked(parts[i]);
        }

        _elements += elements;
    }

    /// <summary>Gets the gradient when all rows are in it.</summary>
    /// <param name="factor">What it is multiplied by, for the activations of the whole batch.</param>
    public readonly float Gradient(Func<long, double> factor) => (float)(_sum * factor(_elements));
}
