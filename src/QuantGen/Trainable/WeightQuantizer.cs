
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

    /// <summary>Gets the gradient of this batch with respect to the quantized weights, before it is added to the parameters'; empty where nothing learns
    /// from it.</summary>
    public float[] Gradients { get; private set; } = new float[weight.Values.Length];

    /// <summary>Gets whether the weights, or what is learned with them, have a use for gradients.</summary>
    public virtual bool Learns => !Weight.IsFrozen;

    /// <summary>Sets what is kept beside the weights from their present values.</summary>
    public abstract void Initialize();

    /// <summary>Quantizes the present values of the weights.</summary>
    public abstract void Prepare();

    /// <summary>Begins the gradients of a batch.</summary>
    public void Clear()
    {
        int count = Learns ? Values.Length : 0;
        if (Gradients.Length != count)
        {
            Gradients = new float[count];
        }

        Array.Clear(Gradients);
    }

    /// <summary>Adds the gradients of this batch to the parameters', where <see cref="Learns"/>.</summary>
    public abstract void Finish();
}
