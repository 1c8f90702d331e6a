
namespace QuantGen.Trainable;

/// <summary>The sum of word, token type and position embeddings, with its gradients.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class TrainableEmbedding
{
    // Columns of an item of the backward pass: each element's sum runs over the tokens in their order.
    private const int ColumnsPerItem = 64;

    // Of the parts of a batch that were run, where they are added later: gradients, words and types, positions.
    private readonly List<(float[] Gradient, TrainingBatch Batch, int[] Positions)> _kept = [];

    internal TrainableEmbedding(EmbeddingTable table, EmbeddingTable positions, EmbeddingTable? types)
    {
        Table = table;
        PositionTable = positions;
        TypeTable = types;
    }

    /// <summary>Gets the word embeddings.</summary>
    public Parameter Words => Table.Weights;

    /// <summary>Gets the position embeddings.</summary>
    public Parameter Positions => PositionTable.Weights;

    /// <summary>Gets the token type embeddings; null where tokens have no types.</summary>
    public Parameter? Types => TypeTable?.Weights;

    /// <summary>Gets the words as a pass sees them.</summary>
    internal EmbeddingTable Table { get; }

    /// <summary>Gets the positions as a pass sees them.</summary>
    internal EmbeddingTable PositionTable { get; }

    /// <summary>Gets the token types as a pass sees them; null where tokens have no types.</summary>
    internal EmbeddingTable? TypeTable { get; }

    /// <summary>Gets or sets whether the words are a decoder's weights, too.</summary>
    internal bool IsTied { get; set; }

    private int Columns => Words.Shape[1];

    /// <summary>Computes (word + type) + position for every token.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="output">Receives the sums.</param>
    public void Forward(TrainingPass pass, float[] output) =>
        pass.Team.Run(new Sums(this, pass, output), TrainingPass.Items(pass.Tokens, TrainingPass.TokensPerItem));

    /// <summary>Adds the gradients of the rows that the batch used, where their table learns.</summary>
    /// <remarks>
    /// A decoder's gradients of all tokens come first in the sums, then those of the rows. Where a batch is run in parts, gradients of rows wait for the
    /// decoder's of the last part, so that the order, and with it the sums, are those of the whole batch.
    /// </remarks>
    /// <param name="pass">The pass.</param>
    /// <param name="gradient">Gradients of the sums.</param>
    public void Backward(TrainingPass pass, float[] gradient)
    {
        if (pass.Part.IsFirst)
        {
            _kept.Clear();
        }

        if (IsTied && !pass.IsLastPart)
        {
            _kept.Add((gradient[..(pass.Tokens * Columns)], pass.Batch, pass.Positions[..pass.Tokens]));
            return;
        }

        foreach ((float[] earlier, TrainingBatch batch, int[] positions) in _kept)
        {
            Add(pass, earlier, batch, positions);
        }

        _kept.Clear();
        Add(pass, gradient, pass.Batch, pass.Positions);
    }

    private void Add(TrainingPass pass, float[] gradient, TrainingBatch batch, int[] positions) =>
        pass.Team.Run(new Scatter(this, batch, positions, gradient), TrainingPass.Items(Columns, ColumnsPerItem));

    private readonly struct Sums(TrainableEmbedding embedding, TrainingPass pass, float[] output) : ITeamJob
    {
        public void Run(int item, int worker)
        {
            int columns = embedding.Columns;
            float[] words = embedding.Table.Values(pass);
            float[] positions = embedding.PositionTable.Values(pass);
            float[]? types = embedding.TypeTable?.Values(pass);
            int first = item * TrainingPass.TokensPerItem;
            int last = Math.Min(first + TrainingPass.TokensPerItem, pass.Tokens);
            for (int token = first; token < last; token++)
            {
                Span<float> sum = output.AsSpan(token * columns, columns);
                words.AsSpan(pass.Batch.Ids[token] * columns, columns).CopyTo(sum);
                if (types is not null)
                {
                    RowScaling.Add(ref sum[0], columns, ref types.At((long)pass.Batch.Types[token] * columns));
                }

                RowScaling.Add(ref sum[0], columns, ref positions.At((long)pass.Positions[token] * columns));
            }
        }
    }

    private readonly struct Scatter(TrainableEmbedding embedding, TrainingBatch batch, int[] positions, float[] gradient) : ITeamJob
    {
        public void Run(int item, int worker)
        {
            int columns = embedding.Columns;
            int first = item * ColumnsPerItem;
            int count = Math.Min(ColumnsPerItem, columns - first);
            for (int token = 0; token < batch.TokenCount; token++)
            {
                ref float g = ref gradient.At(((long)token * columns) + first);
                Add(embedding.Table, ((long)batch.Ids[token] * columns) + first, count, ref g);
                Add(embedding.TypeTable, ((long)batch.Types[token] * columns) + first, count, ref g);
                Add(embedding.PositionTable, ((long)positions[token] * columns) + first, count, ref g);
            }
        }

        private static void Add(EmbeddingTable? table, long at, int count, ref float gradient)
        {
            if (table is { Learns: true })
            {
                RowScaling.Add(ref table.Gradients.At(at), count, ref gradient);
            }
        }
    }
}
