using QuantGen.Kernels;

namespace QuantGen.Trainable;

/// <summary>A linear layer, <c>y = x W^T + b</c>, with its gradients.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class TrainableLinear
{
    private readonly bool _isHead;

    internal TrainableLinear(Parameter weight, Parameter bias, bool isHead, WeightQuantizer? quantizer = null)
    {
        Quantizer = quantizer;
        Weight = weight;
        Bias = bias;
        Rows = bias.Shape[0];
        Columns = weight.Shape[1];
        _isHead = isHead;
    }

    /// <summary>Gets the weights, [rows, columns]; of a pair those of the first half, then those of the second.</summary>
    public Parameter Weight { get; }

    /// <summary>Gets one summand per output.</summary>
    public Parameter Bias { get; }

    /// <summary>Gets the number of outputs.</summary>
    public int Rows { get; }

    /// <summary>Gets the number of inputs.</summary>
    public int Columns { get; }

    /// <summary>Gets how many parameters a pass meets before these. A layer without a model has gradients for its inputs whatever learns.</summary>
    internal int Order { get; init; } = int.MaxValue;

    /// <summary>Gets what the weights become; null for full precision.</summary>
    internal WeightQuantizer? Quantizer { get; }

    /// <summary>Gets whether the layer multiplies integers, so that it reads codes of its activations.</summary>
    internal bool ReadsCodes => Quantizer?.RowScales is not null;

    /// <summary>Computes the outputs of some rows, in the order of sums that the inference kernel for this layer has.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">The inputs.</param>
    /// <param name="count">Rows.</param>
    /// <param name="y">Where the outputs go.</param>
    public void Forward(TrainingPass pass, in LinearInput x, int count, MatrixPlace y)
    {
        var input = new MatrixPlace(x.Values, 0, Columns);
        if (_isHead)
        {
            pass.Team.Run(new HeadRows(this, input, count, y), TrainingPass.Items(count, TrainingPass.TokensPerItem));
            return;
        }

        if (Quantizer is PairedWeights pair)
        {
            pair.Forward(pass, x, count, Bias.Values, y);
            return;
        }

        WeightQuantizer? quantizer = pass.IsQuantized ? Quantizer : null;
        var weights = new MatrixPlace(quantizer?.Values ?? Weight.Values, 0, Columns);
        pass.Products.Forward(input, count, weights, Rows, Columns, y, new ProductEpilogue(Bias.Values, quantizer?.RowScales, x.RowScales));
    }

    /// <summary>Gets whether nothing before this layer learns, so that a backward pass ends here.</summary>
    /// <param name="pass">The pass.</param>
    public bool EndsBackward(TrainingPass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        return !pass.LearnsBefore(Order);
    }

    /// <summary>Adds the gradients of weights and biases that learn, and computes or adds those of the inputs.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">The inputs that <see cref="Forward"/> had.</param>
    /// <param name="count">Rows.</param>
    /// <param name="dy">Gradients of the outputs.</param>
    /// <param name="dx">Receives gradients of the inputs, row after row; null where nobody needs them.</param>
    /// <param name="accumulate">Whether to add to <paramref name="dx"/>.</param>
    public void Backward(TrainingPass pass, in LinearInput x, int count, MatrixPlace dy, float[]? dx, bool accumulate)
    {
        ColumnSums.Add(pass, dy, count, Bias.Gradients);
        dx = _isHead && EndsBackward(pass) ? null : dx;
        if (Quantizer is PairedWeights pair)
        {
            pair.Backward(pass, x, count, dy, dx, accumulate);
            return;
        }

        if (Quantizer?.Learns ?? !Weight.IsFrozen)
        {
            var gradients = new MatrixPlace(Quantizer?.Gradients ?? Weight.Gradients, 0, Columns);
            pass.Products.WeightGradient(dy, new MatrixPlace(x.Values, 0, Columns), x.RowScales, count, Rows, Columns, gradients);
        }

        if (dx is not null)
        {
            var weights = new MatrixPlace(Quantizer?.Values ?? Weight.Values, 0, Columns);
            pass.Products.InputGradient(dy, count, weights, Quantizer?.RowScales, Rows, Columns, new MatrixPlace(dx, 0, Columns), accumulate);
        }
    }

    private readonly struct HeadRows(TrainableLinear linear, MatrixPlace x, int count, MatrixPlace y) : ITeamJob
    {
        public void Run(int item, int worker)
        {
            int first = item * TrainingPass.TokensPerItem;
            Dense.Apply(
                ref x.Row(first), x.Stride, Math.Min(TrainingPass.TokensPerItem, count - first), ref linear.Weight.Values[0], ref linear.Bias.Values[0],
                linear.Columns, linear.Rows, ref y.Row(first), y.Stride);
        }
    }
}
