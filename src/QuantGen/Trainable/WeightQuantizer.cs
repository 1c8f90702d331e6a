
namespace QuantGen.Trainable;

/// <summary>What a linear layer multiplies instead of its weights, and how gradients come back.</summary>
/// <param name="weight">The weights.</param>
internal abstract class WeightQuantizer(Parameter weight)
{
    /// <summary>Gets the weights.</summary>
    public Parameter Weight { get; } = weight;

    /// <summary>Gets what is multiplied: centered codes, or values.</summary>
    public float[] Values { get; } = new float[weight.Values.Length];

    /// <summary>Gets the factor of every row where the values are codes; otherwise null.</summary>
    public abstract float[]? RowScales { get; }

    /// <summary>Gets the gradient of this pass with respect to the quantized weights, before it is added to the parameters'.</summary>
    public float[] Gradients { get; } = new float[weight.Values.Length];

    /// <summary>Sets what is kept beside the weights from their present values.</summary>
    public abstract void Initialize();

    /// <summary>Quantizes the present values of the weights.</summary>
    public abstract void Prepare();

    /// <summary>Adds the gradients of this pass to the parameters'.</summary>
    public abstract void Finish();
}
