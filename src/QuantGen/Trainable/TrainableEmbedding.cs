
namespace QuantGen.Trainable;

/// <summary>The sum of word, token type and position embeddings, with its gradients.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class TrainableEmbedding
{
    // Columns of an item of the backward pass: each element's sum runs over the tokens in their order.
    private const int ColumnsPerItem = 64;

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

    private int Columns => Words.Shape[1];

    /// <summary>Computes (word + type) + position for every token.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="output">Receives the sums.</param>
    public void Forward(TrainingPass pass, float[] output) =>
        pass.Team.Run(new Sums(this, pass, output), TrainingPass.Items(pass.Tokens, TrainingPass.TokensPerItem));

    /// <summary>Adds the gradients of the rows that the batch used, where their table learns.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="gradient">Gradients of the sums.</param>
    public void Backward(TrainingPass pass, float[] gradient) =>
        pass.Team.Run(new Scatter(this, pass, gradient), TrainingPass.Items(Columns, ColumnsPerItem));

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

    private readonly struct Scatter(TrainableEmbedding embedding, TrainingPass pass, float[] gradient) : ITeamJob
    {
        public void Run(int item, int worker)
        {
            int columns = embedding.Columns;
            int first = item * ColumnsPerItem;
            int count = Math.Min(ColumnsPerItem, columns - first);
            for (int token = 0; token < pass.Tokens; token++)
            {
                ref float g = ref gradient.At(((long)token * columns) + first);
                Add(embedding.Table, ((long)pass.Batch.Ids[token] * columns) + first, count, ref g);
                Add(embedding.TypeTable, ((long)pass.Batch.Types[token] * columns) + first, count, ref g);
                Add(embedding.PositionTable, ((long)pass.Positions[token] * columns) + first, count, ref g);
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
