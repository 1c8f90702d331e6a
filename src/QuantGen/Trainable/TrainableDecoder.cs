using QuantGen.Kernels;

namespace QuantGen.Trainable;

/// <summary>The last layer of a masked language model: the word embedding again, as weights, with summands of its own.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class TrainableDecoder
{
    // As many as inference decodes at a time: their values stay in the cache while every row meets them.
    private const int WordsPerItem = 64;

    private readonly TrainableEmbedding _words;

    internal TrainableDecoder(TrainableEmbedding words, Parameter bias)
    {
        _words = words;
        Bias = bias;
    }

    /// <summary>Gets one summand per word piece.</summary>
    public Parameter Bias { get; }

    /// <summary>Gets how many parameters a pass meets before the summands.</summary>
    internal int Order { get; init; } = int.MaxValue;

    private int Rows => _words.Table.Rows;

    private int Columns => _words.Words.Shape[1];

    /// <summary>Computes an output per word piece: the sum over the values of its embedding, in the order of <see cref="Dense"/> as at inference.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">The inputs, row after row.</param>
    /// <param name="count">Rows.</param>
    /// <param name="y">Receives the outputs.</param>
    public void Forward(TrainingPass pass, float[] x, int count, float[] y)
    {
        ArgumentNullException.ThrowIfNull(pass);
        pass.Team.Run(new Decode(this, x, count, _words.Table.Values(pass), y), TrainingPass.Items(Rows, WordsPerItem));
    }

    /// <summary>Gets whether nothing before this layer learns, so that a backward pass ends here.</summary>
    /// <param name="pass">The pass.</param>
    public bool EndsBackward(TrainingPass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        return !pass.LearnsBefore(Order);
    }

    /// <summary>Adds the gradients of embedding and summands that learn, and computes those of the inputs, unless a backward pass ends here.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">The inputs that <see cref="Forward"/> had.</param>
    /// <param name="count">Rows.</param>
    /// <param name="gradient">Gradients of the outputs.</param>
    /// <param name="dx">Receives gradients of the inputs.</param>
    public void Backward(TrainingPass pass, float[] x, int count, float[] gradient, float[] dx)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var dy = new MatrixPlace(gradient, 0, Rows);
        if (_words.Table.Learns)
        {
            pass.Products.WeightGradient(dy, new MatrixPlace(x, 0, Columns), null, count, Rows, Columns, new MatrixPlace(_words.Table.Gradients, 0, Columns));
        }

        ColumnSums.Add(pass, dy, count, Bias.Gradients);
        if (!EndsBackward(pass))
        {
            var words = new MatrixPlace(_words.Table.Values(pass), 0, Columns);
            pass.Products.InputGradient(dy, count, words, null, Rows, Columns, new MatrixPlace(dx, 0, Columns), accumulate: false);
        }
    }

    private readonly struct Decode(TrainableDecoder decoder, float[] x, int count, float[] words, float[] y) : ITeamJob
    {
        public void Run(int item, int worker)
        {
            int first = item * WordsPerItem;
            int outputs = Math.Min(WordsPerItem, decoder.Rows - first);
            Dense.Apply(
                ref x.At(0), decoder.Columns, count, ref words.At((long)first * decoder.Columns), ref decoder.Bias.Values.At(first), decoder.Columns, outputs,
                ref y.At(first), decoder.Rows);
        }
    }
}
