namespace QuantGen.Trainable;

/// <summary>What one use of an encoder layer keeps for the backward pass.</summary>
/// <param name="hiddenSize">Width of the hidden states.</param>
/// <param name="intermediateSize">Width of the feed-forward layer.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class LayerActivations(int hiddenSize, int intermediateSize)
{
    private float[] _projected = [];
    private float[] _probabilities = [];
    private float[] _context = [];
    private float[] _attentionSum = [];
    private float[] _normalized = [];
    private float[] _intermediate = [];
    private float[] _activated = [];
    private float[] _outputSum = [];
    private bool _isBorrowed;
    private bool _borrowsProjected;

    /// <summary>Gets query, key and value of every token, side by side.</summary>
    public float[] Projected => _projected;

    /// <summary>Gets the attention probabilities before dropout, as <see cref="TrainingTrace.Scores"/> are ordered.</summary>
    public float[] Probabilities => _probabilities;

    /// <summary>Gets the contexts.</summary>
    public float[] Context => _context;

    /// <summary>Gets what the attention's normalization had.</summary>
    public float[] AttentionSum => _attentionSum;

    /// <summary>Gets the normalized output of the attention half.</summary>
    public float[] Normalized => _normalized;

    /// <summary>Gets the arguments of GELU.</summary>
    public float[] Intermediate => _intermediate;

    /// <summary>Gets the values of GELU.</summary>
    public float[] Activated => _activated;

    /// <summary>Gets what the layer's last normalization had.</summary>
    public float[] OutputSum => _outputSum;

    /// <summary>Returns the floats for a batch.</summary>
    /// <param name="hiddenSize">Width of the hidden states.</param>
    /// <param name="intermediateSize">Width of the feed-forward layer.</param>
    /// <param name="tokens">Tokens of the batch.</param>
    /// <param name="scores">Scores of the batch.</param>
    public static long Floats(int hiddenSize, int intermediateSize, int tokens, long scores) =>
        (((7L * hiddenSize) + (2L * intermediateSize)) * tokens) + scores;

    /// <summary>Returns the floats of queries, keys and values, which a use that borrows all else keeps apart where the trace shows them.</summary>
    /// <param name="hiddenSize">Width of the hidden states.</param>
    /// <param name="tokens">Tokens of the batch.</param>
    internal static long ProjectedFloats(int hiddenSize, int tokens) => 3L * hiddenSize * tokens;

    /// <summary>Makes room for a batch.</summary>
    /// <param name="tokens">Tokens.</param>
    /// <param name="scores">Scores.</param>
    /// <param name="lender">Another use, whose buffers this one may overwrite; null for buffers of its own.</param>
    /// <param name="lendsProjected">Whether that is so of queries, keys and values, too, which a trace may show.</param>
    public void Reserve(int tokens, int scores, LayerActivations? lender = null, bool lendsProjected = false)
    {
        long hidden = (long)tokens * hiddenSize;
        if ((lender is not null && lendsProjected) || _borrowsProjected)
        {
            _borrowsProjected = lender is not null && lendsProjected;
            _projected = _borrowsProjected ? lender!._projected : [];
        }

        FloatBuffers.Reserve(ref _projected, 3 * hidden);
        if (lender is not null || _isBorrowed)
        {
            _isBorrowed = lender is not null;
            _probabilities = lender?._probabilities ?? [];
            _context = lender?._context ?? [];
            _attentionSum = lender?._attentionSum ?? [];
            _normalized = lender?._normalized ?? [];
            _intermediate = lender?._intermediate ?? [];
            _activated = lender?._activated ?? [];
            _outputSum = lender?._outputSum ?? [];
        }

        FloatBuffers.Reserve(ref _probabilities, scores);
        FloatBuffers.Reserve(ref _context, hidden);
        FloatBuffers.Reserve(ref _attentionSum, hidden);
        FloatBuffers.Reserve(ref _normalized, hidden);
        FloatBuffers.Reserve(ref _intermediate, (long)tokens * intermediateSize);
        FloatBuffers.Reserve(ref _activated, (long)tokens * intermediateSize);
        FloatBuffers.Reserve(ref _outputSum, hidden);
    }
}
