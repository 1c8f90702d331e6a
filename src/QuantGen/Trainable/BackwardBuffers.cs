namespace QuantGen.Trainable;

/// <summary>Gradients of activations; every layer's backward pass uses the same.</summary>
/// <param name="hiddenSize">Width of the hidden states.</param>
/// <param name="intermediateSize">Width of the feed-forward layer.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class BackwardBuffers(int hiddenSize, int intermediateSize)
{
    private float[] _hidden = [];
    private float[] _branch = [];
    private float[] _input = [];
    private float[] _intermediate = [];
    private float[] _projected = [];

    /// <summary>Gets the gradient of the residual stream.</summary>
    public float[] Hidden => _hidden;

    /// <summary>Gets the gradient of the branch that joins it.</summary>
    public float[] Branch => _branch;

    /// <summary>Gets the gradient of a linear layer's input.</summary>
    public float[] Input => _input;

    /// <summary>Gets the gradient of the feed-forward layer's middle.</summary>
    public float[] Intermediate => _intermediate;

    /// <summary>Gets the gradients of query, key and value, side by side.</summary>
    public float[] Projected => _projected;

    /// <summary>Returns the floats for a batch.</summary>
    /// <param name="hiddenSize">Width of the hidden states.</param>
    /// <param name="intermediateSize">Width of the feed-forward layer.</param>
    /// <param name="tokens">Tokens of the batch.</param>
    public static long Floats(int hiddenSize, int intermediateSize, int tokens) => ((6L * hiddenSize) + intermediateSize) * tokens;

    /// <summary>Makes room for a batch.</summary>
    /// <param name="tokens">Tokens.</param>
    public void Reserve(int tokens)
    {
        long hidden = (long)tokens * hiddenSize;
        FloatBuffers.Reserve(ref _hidden, hidden);
        FloatBuffers.Reserve(ref _branch, hidden);
        FloatBuffers.Reserve(ref _input, hidden);
        FloatBuffers.Reserve(ref _intermediate, (long)tokens * intermediateSize);
        FloatBuffers.Reserve(ref _projected, 3 * hidden);
    }
}
