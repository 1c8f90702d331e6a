namespace QuantGen.Trainable;

/// <summary>The last layer of a masked language model: the word embedding again, as weights, with summands of its own.</summary>
public sealed class TrainableDecoder
{
    private readonly TrainableEmbedding _words;

    internal TrainableDecoder(TrainableEmbedding words, Parameter bias)
    {
        _words = words;
        Bias = bias;
    }

    /// <summary>Gets one summand per word piece.</summary>
    public Parameter Bias { get; }

    private int Rows => _words.Words.Shape[0];

    private int Columns => _words.Words.Shape[1];

    /// <summary>Computes an output per word piece: one chain of fused steps over the values of its embedding, plus its summand.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">The inputs, row after row.</param>
    /// <param name="count">Rows.</param>
    /// <param name="y">Receives the outputs.</param>
    public void Forward(TrainingPass pass, float[] x, int count, float[] y)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var words = new MatrixPlace(_words.Table.Values(pass), 0, Columns);
        pass.Products.Forward(new MatrixPlace(x, 0, Columns), count, words, Rows, Columns, new MatrixPlace(y, 0, Rows), new ProductEpilogue(Bias.Values, null, null));
    }

    /// <summary>Adds the gradients of embedding and summands, and computes those of the inputs.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">The inputs that <see cref="Forward"/> had.</param>
    /// <param name="count">Rows.</param>
    /// <param name="gradient">Gradients of the outputs.</param>
    /// <param name="dx">Receives gradients of the inputs.</param>
    public void Backward(TrainingPass pass, float[] x, int count, float[] gradient, float[] dx)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var dy = new MatrixPlace(gradient, 0, Rows);
        pass.Products.WeightGradient(dy, new MatrixPlace(x, 0, Columns), null, count, Rows, Columns, new MatrixPlace(_words.Table.Gradients, 0, Columns));
        ColumnSums.Add(pass, dy, count, Bias.Gradients);
        var words = new MatrixPlace(_words.Table.Values(pass), 0, Columns);
        pass.Products.InputGradient(dy, count, words, null, Rows, Columns, new MatrixPlace(dx, 0, Columns), accumulate: false);
    }
}
