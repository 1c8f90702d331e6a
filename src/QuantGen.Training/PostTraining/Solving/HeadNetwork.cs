using QuantGen.Graph;
using QuantGen.Trainable;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>The head of a classifier in full precision: from hidden states to logits, and gradients back.</summary>
internal sealed class HeadNetwork
{
    private readonly TrainingPass _pass;
    private readonly int _width;
    private readonly bool _readsFirst;
    private readonly List<Link> _links = [];
    private float[] _rows = [];
    private float[] _rowGradient = [];

    private HeadNetwork(LayerSource source)
    {
        _pass = source.Pass;
        _width = source.Spec.Dimensions.HiddenSize;
        _readsFirst = source.Spec.Graph.Head.OfType<RowsNode>().Any(rows => rows.Choice == RowChoice.FirstTokens);
        foreach (Node node in source.Spec.Graph.Head)
        {
            switch (node)
            {
                case LinearNode linear:
                    _links.Add(new Link(node.Columns, Linear(source, linear), default));
                    break;
                case ActivationNode activation:
                    _links.Add(new Link(node.Columns, null, activation.Function));
                    break;
            }
        }
    }

    /// <summary>Gets the number of classes.</summary>
    public int Classes => _links[^1].Columns;

    /// <summary>Gets the rows of logits of the batch.</summary>
    public int Rows => _readsFirst ? _pass.Sequences : _pass.Tokens;

    /// <summary>Makes the head of a model whose outputs are classes of texts or tokens; null for any other.</summary>
    public static HeadNetwork? Of(LayerSource source) =>
        source.Spec.Head is BertHead.SequenceClassification or BertHead.TokenClassification && source.Spec.OutputCount > 1 ? new HeadNetwork(source) : null;

    /// <summary>Computes the logits of the batch, <c>[rows, classes]</c>.</summary>
    public float[] Forward(float[] hidden)
    {
        FloatBuffers.Reserve(ref _rows, (long)Rows * _width);
        if (_readsFirst)
        {
            TokenRows.GatherFirst(_pass, hidden, _width, _rows);
        }
        else
        {
            hidden.AsSpan(0, Rows * _width).CopyTo(_rows);
        }

        float[] values = _rows;
        foreach (Link link in _links)
        {
            values = link.Forward(_pass, values, Rows);
        }

        return values;
    }

    /// <summary>Turns gradients of the logits into those of the hidden states, which are written.</summary>
    public void Backward(float[] logits, float[] hidden)
    {
        float[] gradient = logits;
        for (int link = _links.Count - 1; link >= 0; link--)
        {
            gradient = _links[link].Backward(_pass, link == 0 ? _rows : _links[link - 1].Values, gradient, Rows, ref _rowGradient);
        }

        hidden.AsSpan(0, _pass.Tokens * _width).Clear();
        if (_readsFirst)
        {
            TokenRows.AddFirst(_pass, gradient, _width, hidden);
        }
        else
        {
            gradient.AsSpan(0, Rows * _width).CopyTo(hidden);
        }
    }

    private static TrainableLinear Linear(LayerSource source, LinearNode node)
    {
        var weight = new Parameter(node.Name + ".weight", ParameterKind.Weight, node.Rows, node.Width);
        var bias = new Parameter(node.Name + ".bias", ParameterKind.Bias, node.Rows);
        source.Read(weight.Name).CopyTo(weight.Values, 0);
        source.Read(bias.Name).CopyTo(bias.Values, 0);
        return new TrainableLinear(weight, bias, isHead: false);
    }

    // A linear layer, or a function.
    private sealed class Link(int columns, TrainableLinear? linear, HiddenActivation function)
    {
        private float[] _values = [];

        public int Columns => columns;

        public float[] Values => _values;

        public float[] Forward(TrainingPass pass, float[] input, int rows)
        {
            FloatBuffers.Reserve(ref _values, (long)rows * columns);
            if (linear is null)
            {
                TrainingOperators.Activate(pass, function, input, _values, (long)rows * columns);
            }
            else
            {
                linear.Forward(pass, new LinearInput(input), rows, new MatrixPlace(_values, 0, columns));
            }

            return _values;
        }

        // A function's gradient stays where it is; a layer's goes to memory of its own.
        public float[] Backward(TrainingPass pass, float[] input, float[] gradient, int rows, ref float[] spare)
        {
            if (linear is null)
            {
                TrainingOperators.ActivateBackward(pass, function, input, _values, gradient, (long)rows * columns);
                return gradient;
            }

            float[] result = gradient == spare ? new float[rows * linear.Columns] : FloatBuffers.Reserve(ref spare, (long)rows * linear.Columns);
            linear.Backward(pass, new LinearInput(input), rows, new MatrixPlace(gradient, 0, columns), result, accumulate: false);
            return result;
        }
    }
}
