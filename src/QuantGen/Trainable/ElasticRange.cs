using QuantGen.Quantization;

namespace QuantGen.Trainable;

/// <summary>Scale and shift of every use of a place whose activations have codes of one bit.</summary>
/// <param name="scale">The scales.</param>
/// <param name="shift">The shifts.</param>
/// <param name="isSigned">Whether values are -scale and +scale rather than 0 and scale.</param>
/// <param name="how">How scales are found.</param>
internal sealed class ElasticRange(Parameter scale, Parameter shift, bool isSigned, ActivationScales how)
{
    public Parameter Scale => scale;

    public Parameter Shift => shift;

    /// <summary>Begins anew from all values of a pass.</summary>
    public void Calibrate(ReadOnlySpan<float> values, int use)
    {
        var observer = new MeanObserver(isSigned);
        observer.Observe(values);

        // Learning begins with twice the mean.
        float learned = observer.Range(bits: 1).High;
        scale.Values[use] = how switch
        {
            ActivationScales.Learned => learned,
            ActivationScales.Mean => 0.5f * learned,
            _ => 1f,
        };
        shift.Values[use] = 0f;
    }

    /// <summary>Gets the definition of the codes.</summary>
    /// <exception cref="InvalidOperationException">No pass has set the scale.</exception>
    public ElasticBinarizer Binarizer(int use) => scale.Values[use] > 0f
        ? new ElasticBinarizer(scale.Values[use], shift.Values[use], isSigned)
        : throw new InvalidOperationException($"The scale '{scale.Name}' is not set: a pass that calibrates comes first.");
}
