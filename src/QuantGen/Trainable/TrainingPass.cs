using QuantGen.Trainable.Kernels;

namespace QuantGen.Trainable;

/// <summary>The batch in hand, and the threads and scratch memory that operators share.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class TrainingPass : IDisposable
{
    /// <summary>
    /// Tokens of an item of an operator over tokens; also the tokens whose contributions to a sum are added up first. Part of the results' bits.
    /// </summary>
    internal const int TokensPerItem = 32;

    private readonly TrainableOptions _options;
    private ForwardOptions _forward;

    internal TrainingPass(TrainableOptions options)
    {
        _options = options;
        Team = new TrainingTeam(options.Threads);
        Products = new Products(Team);
        Scratch = [.. Enumerable.Range(0, Team.Workers).Select(_ => new AlignedFloats())];
    }

    /// <summary>Gets the batch.</summary>
    public TrainingBatch Batch { get; private set; } = new([], [], [0]);

    /// <summary>Gets the number of tokens.</summary>
    public int Tokens { get; private set; }

    /// <summary>Gets the number of sequences.</summary>
    public int Sequences { get; private set; }

    /// <summary>Gets the rows of all tokens.</summary>
    public PassRows TokenRows { get; } = new();

    /// <summary>Gets the rows that the head computes outputs for.</summary>
    public PassRows HeadRows { get; } = new();

    /// <summary>Gets what the pass is for.</summary>
    public ForwardPurpose Purpose => _forward.Purpose;

    /// <summary>Gets whether weights and activations are quantized, where the model says so.</summary>
    public bool IsQuantized => Purpose != ForwardPurpose.Calibrate;

    /// <summary>Gets the share of hidden values that are dropped in this pass.</summary>
    public float HiddenDropout => Purpose == ForwardPurpose.Train ? _options.HiddenDropout : 0f;

    /// <summary>Gets the share of attention probabilities that are dropped in this pass.</summary>
    public float AttentionDropout => Purpose == ForwardPurpose.Train ? _options.AttentionDropout : 0f;

    /// <summary>Gets where the batch stands in that of a step which is run in parts.</summary>
    internal BatchPart Part => _forward.Part;

    /// <summary>Gets whether sums of gradients are complete behind this batch.</summary>
    internal bool IsLastPart => Part.IsLast(Sequences);

    internal TrainingTeam Team { get; }

    internal Products Products { get; }

    internal AlignedFloats[] Scratch { get; }

    /// <summary>Gets the position of every token in its sequence.</summary>
    internal int[] Positions { get; private set; } = [];

    /// <summary>Gets sums of groups of tokens, before they are added up.</summary>
    internal AlignedFloats Partial { get; } = new();

    /// <inheritdoc/>
    public void Dispose() => Team.Dispose();

    /// <summary>Gets or sets whether layers are computed once more on the way back, which then is no new batch: ranges have seen everything.</summary>
    internal bool IsRepeated { get; set; }

    /// <summary>Gets or sets how many layers, from the first on, overwrite one another's activations, because no backward pass reads them.</summary>
    internal int Sharing { get; set; }

    /// <summary>Gets whether a layer's activations stand where those of the first layer do.</summary>
    internal bool Shares(int layer) => layer > 0 && layer < Sharing;

    /// <summary>Gets or sets the first of the model's parameters, in the order of a pass, that learns by gradients.</summary>
    internal int FirstLearning { get; set; }

    /// <summary>Gets whether any of the first parameters learns, so that gradients are wanted there.</summary>
    /// <param name="order">How many parameters stand before a step.</param>
    internal bool LearnsBefore(int order) => FirstLearning < order;

    internal static int Items(int count, int perItem) => (count + perItem - 1) / perItem;

    internal void Begin(TrainingBatch batch, ForwardOptions forward, bool isPooled = false)
    {
        Batch = batch;
        _forward = forward;
        Tokens = batch.TokenCount;
        Sequences = batch.SequenceCount;
        if (Positions.Length < Tokens)
        {
            Positions = new int[Tokens];
        }

        for (int s = 0; s < Sequences; s++)
        {
            for (int token = batch.Starts[s]; token < batch.Starts[s + 1]; token++)
            {
                Positions[token] = token - batch.Starts[s];
            }
        }

        ListRows(isPooled);
    }

    private void ListRows(bool isPooled)
    {
        TokenRows.Begin(Part.Before.Tokens);
        HeadRows.Begin(isPooled ? Part.Before.Sequences : Part.Before.HeadTokens);
        int listed = 0;
        for (int s = 0; s < Sequences; s++)
        {
            int end = Batch.Starts[s + 1];
            TokenRows.Add(end - Batch.Starts[s]);
            int own = isPooled ? 1 : end - Batch.Starts[s];
            if (!isPooled && Batch.HeadTokens is { } tokens)
            {
                int first = listed;
                while (listed < tokens.Length && tokens[listed] < end)
                {
                    listed++;
                }

                own = listed - first;
            }

            HeadRows.Add(own);
        }
    }

    internal DropoutMask Mask(float rate, int site) => rate > 0f ? new DropoutMask(rate, _forward.Seed, _forward.Step, site) : default;
}
