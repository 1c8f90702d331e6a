using QuantGen.Specs;

namespace QuantGen.Trainable;

/// <summary>What distillation sees of a forward pass, or the gradients of a loss with respect to it.</summary>
/// <remarks>Buffers grow and are reused; only the first elements that a batch needs mean anything.</remarks>
public sealed class TrainingTrace
{
    /// <summary>Creates an empty trace.</summary>
    /// <param name="spec">The model.</param>
    public TrainingTrace(ModelSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        Spec = spec;
        Hidden = new float[spec.Dimensions.Layers + 1][];
        Scores = new float[spec.Dimensions.Layers][];
        Projected = new float[spec.Dimensions.Layers][];
        Array.Fill(Hidden, []);
        Array.Fill(Scores, []);
        Array.Fill(Projected, []);
    }

    /// <summary>Gets the model.</summary>
    public ModelSpec Spec { get; }

    /// <summary>Gets the embedding output (after normalization) and every layer's output: <c>[tokens, hidden size]</c> each.</summary>
    public float[][] Hidden { get; }

    /// <summary>
    /// Gets every layer's attention scores before softmax, divided by the root of the head size: for each sequence <c>[heads, queries, keys]</c>.
    /// </summary>
    public float[][] Scores { get; }

    /// <summary>
    /// Gets every layer's queries, keys and values side by side, before they are quantized: <c>[tokens, 3 x attention width]</c>. A forward pass puts its own
    /// buffers there; those of gradients belong to whoever fills them. Empty where <see cref="ShowsProjected"/> is false or an engine does not show them.
    /// </summary>
    public float[][] Projected { get; }

    /// <summary>Gets the head's outputs: <c>[rows, outputs]</c>; rows are sequences, tokens, or the tokens the batch names.</summary>
    public float[] Logits { get; private set; } = [];

    /// <summary>Gets where the scores of a sequence begin, and their number at the end.</summary>
    public int[] ScoreStarts { get; private set; } = [0];

    /// <summary>Gets the number of tokens.</summary>
    public int TokenCount { get; private set; }

    /// <summary>Gets the number of sequences.</summary>
    public int SequenceCount { get; private set; }

    /// <summary>Gets the number of rows of <see cref="Logits"/>.</summary>
    public int LogitRows { get; private set; }

    /// <summary>Gets the number of elements of one entry of <see cref="Hidden"/>.</summary>
    public int HiddenCount => TokenCount * Spec.Dimensions.HiddenSize;

    /// <summary>Gets the number of elements of one entry of <see cref="Scores"/>.</summary>
    public int ScoreCount => ScoreStarts[^1];

    /// <summary>Gets the number of elements of one entry of <see cref="Projected"/>.</summary>
    public int ProjectedCount => 3 * TokenCount * Spec.Dimensions.AttentionWidth;

    /// <summary>Gets the number of elements of <see cref="Logits"/>.</summary>
    public int LogitCount => LogitRows * Spec.OutputCount;

    /// <summary>Gets or sets whether the loss depends on hidden states; false lets a backward pass skip <see cref="Hidden"/>.</summary>
    public bool HasHidden { get; set; }

    /// <summary>Gets or sets whether the loss depends on scores; false lets a backward pass skip <see cref="Scores"/>.</summary>
    public bool HasScores { get; set; }

    /// <summary>Gets or sets whether the loss depends on queries, keys and values; false lets a backward pass skip <see cref="Projected"/>.</summary>
    public bool HasProjected { get; set; }

    /// <summary>Gets or sets whether the loss depends on logits; false lets a backward pass skip the head.</summary>
    public bool HasLogits { get; set; }

    /// <summary>
    /// Gets or sets whether a forward pass leaves queries, keys and values of all layers; false lets layers share their memory. Default true.
    /// </summary>
    public bool ShowsProjected { get; set; } = true;

    /// <summary>Makes room for a batch; the contents are undefined afterwards.</summary>
    /// <param name="batch">The batch.</param>
    public void Resize(TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        TokenCount = batch.TokenCount;
        SequenceCount = batch.SequenceCount;
        LogitRows = Spec.IsPooled ? SequenceCount : batch.HeadTokens?.Length ?? TokenCount;
        int[] starts = new int[SequenceCount + 1];
        for (int s = 0; s < SequenceCount; s++)
        {
            int length = batch.Starts[s + 1] - batch.Starts[s];
            starts[s + 1] = checked(starts[s] + (Spec.Dimensions.Heads * length * length));
        }

        ScoreStarts = starts;
        Grow(Hidden, HiddenCount);
        Grow(Scores, ScoreCount);
        if (Logits.Length < LogitCount)
        {
            Logits = new float[LogitCount];
        }
    }

    private static void Grow(float[][] buffers, int count)
    {
        for (int i = 0; i < buffers.Length; i++)
        {
            if (buffers[i].Length < count)
            {
                buffers[i] = new float[count];
            }
        }
    }
}
