
namespace QuantGen.Trainable;

/// <summary>What a linear layer multiplies instead of its weights, and how gradients come back.</summary>
/// <param name="weight">The weights.</param>
internal abstract class WeightQuantizer(Parameter weight)
{
    private float[]? _gradients;

    /// <summary>Gets the weights.</summary>
    public Parameter Weight { get; } = weight;

    /// <summary>Gets what is multiplied: centered codes, or values.</summary>
    public float[] Values { get; } = new float[weight.Values.Length];

    /// <summary>Gets the factor of every row where the values are codes; otherwise null.</summary>
    public abstract float[]? RowScales { get; }

    /// <summary>Gets the gradient of this batch with respect to the quantized weights, before it is added to the parameters'; empty where nothing learns
    /// from it. Those of the weights themselves, where these are the same and hold nothing else.</summary>
    /// <exception cref="InvalidOperationException">No batch has begun (<see cref="Clear"/>).</exception>
    public float[] Gradients
    {
        get => _gradients ?? throw new InvalidOperationException("gradients of weights are asked for before a batch has begun");
        private set => _gradients = value;
    }

    /// <summary>Gets whether the weights, or what is learned with them, have a use for gradients.</summary>
    public virtual bool Learns => !Weight.IsFrozen;

    /// <summary>Sets what is kept beside the weights from their present values.</summary>
    public abstract void Initialize();

    /// <summary>Quantizes the present values of the weights.</summary>
    public abstract void Prepare();

    /// <summary>Gets the floats that it has beside the weights and their gradients.</summary>
    public virtual long Floats => Values.Length + (Learns && !PassesAsIs ? Values.Length : 0L);

    /// <summary>Gets whether the weights have the gradients as they are.</summary>
    protected virtual bool PassesAsIs => false;

    /// <summary>Begins the gradients of a batch.</summary>
    public void Clear()
    {
        if (PassesAsIs && !Weight.IsFrozen && !Weight.Gradients.AsSpan().ContainsAnyExcept(0f))
        {
            Gradients = Weight.Gradients;
            return;
        }

        int count = Learns ? Values.Length : 0;
        if (_gradients?.Length != count || _gradients == Weight.Gradients)
        {
            Gradients = new float[count];
        }

        Array.Clear(Gradients);
    }

    /// <summary>Adds the gradients of this batch to the parameters', where <see cref="Learns"/>.</summary>
    public abstract void Finish();
}
