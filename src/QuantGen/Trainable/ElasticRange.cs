using QuantGen.Quantization;

namespace QuantGen.Trainable;

/// <summary>Scale and shift of every use of a place whose activations have codes of one bit.</summary>
/// <param name="scale">The scales.</param>
/// <param name="shift">The shifts.</param>
/// <param name="isSigned">Whether values are -scale and +scale rather than 0 and scale.</param>
/// <param name="isFixed">Whether scales are not learned and begin at half of what learning begins with: the mean magnitude.</param>
internal sealed class ElasticRange(Parameter scale, Parameter shift, bool isSigned, bool isFixed)
{
    public Parameter Scale => scale;

    public Parameter Shift => shift;

    /// <summary>Begins anew from all values of a pass.</summary>
    public void Calibrate(ReadOnlySpan<float> values, int use)
    {
        var observer = new MeanObserver(isSigned);
        observer.Observe(values);
        scale.Values[use] = observer.Range(bits: 1).High * (isFixed ? 0.5f : 1f);
        shift.Values[use] = 0f;
    }

    /// <summary>Gets the definition of the codes.</summary>
    /// <exception cref="InvalidOperationException">No pass has set the scale.</exception>
    public ElasticBinarizer Binarizer(int use) => scale.Values[use] > 0f
        ? new ElasticBinarizer(scale.Values[use], shift.Values[use], isSigned)
        : throw new InvalidOperationException($"The scale '{scale.Name}' is not set: a pass that calibrates comes first.");
}
