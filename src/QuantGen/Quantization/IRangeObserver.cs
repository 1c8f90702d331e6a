namespace QuantGen.Quantization;

/// <summary>Collects the values that pass one place of a model during calibration and says which range its codes should span.</summary>
/// <remarks>
/// An observer's memory does not grow with the number of values, and the range does not depend on the order or the grouping in which the
/// values came. An observer serves one thread at a time.
/// </remarks>
internal interface IRangeObserver
{
    /// <summary>Adds values.</summary>
    /// <param name="values">Finite values; leave padding and masked positions out.</param>
    /// <exception cref="ArgumentException">A value is NaN or infinite; the message says which, and none of the values is added.</exception>
    void Observe(ReadOnlySpan<float> values);

    /// <summary>Returns the range for codes of a width, extended to include 0 unless the observer says otherwise.</summary>
    /// <param name="bits">Width of a code, 2 to 8.</param>
    /// <exception cref="InvalidOperationException">No value was observed.</exception>
    QuantizationRange Range(int bits);
}
