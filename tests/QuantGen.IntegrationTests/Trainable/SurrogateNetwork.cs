using QuantGen.IntegrationTests.Reference;
using QuantGen.Quantization;
using QuantGen.Schemes;
using QuantGen.Specs;
using QuantGen.Trainable;

namespace QuantGen.IntegrationTests.Trainable;

/// <summary>A quantized model in double precision whose quantizers are <see cref="StraightLines"/>: the function that a backward pass differentiates.</summary>
internal sealed class SurrogateNetwork
{
    private readonly ITrainableModel _model;
    private readonly ModelSpec _spec;
    private readonly TrainableOptions _options;
    private readonly TrainingBatch _batch;
    private readonly Dictionary<string, byte[]> _labels = [];
    private readonly Dictionary<string, double[]> _quantized = [];
    private readonly StraightLines _lines = new();

    public SurrogateNetwork(ITrainableModel model, TrainableOptions options, TrainingBatch batch)
    {
        (_model, _spec, _options, _batch) = (model, model.Spec, options, batch);
        Parameters = model.Parameters.ToDictionary(p => p.Name, p => Array.ConvertAll(p.Values, v => (double)v));
        foreach (MatrixSpec matrix in Matrices().Where(m => m.HasCodebook))
        {
            float[] weights = Values(matrix.Name + ".weight");
            _labels[matrix.Name] =
                (Traits(matrix).Scheme == Scheme.KMeans ? ClusterQuantizer.KMeans(weights, matrix.Bits) : ClusterQuantizer.Linear(weights, matrix.Bits)).Labels;
        }

        Run();
    }

    /// <summary>Gets the parameters, to be moved.</summary>
    public Dictionary<string, double[]> Parameters { get; }

    public double[][] Hidden { get; private set; } = [];

    public double[][] Scores { get; private set; } = [];

    public double[] Logits { get; private set; } = [];

    /// <summary>Computes the loss that <see cref="TraceLosses.Mixture(ITrainableModel)"/> computes of the model's trace.</summary>
    public double Loss()
    {
        _lines.Begin();
        Run();
        return TraceLosses.Mixture(Hidden, Scores, Logits);
    }

    /// <summary>Counts what a centroid stands for.</summary>
    public int Members(string centroids, int index) => _labels[centroids[..^".weight_centroids".Length]].Count(label => label == index);

    private void Run()
    {
        _quantized.Clear();
        foreach (MatrixSpec matrix in Matrices())
        {
            _quantized[matrix.Name] = Weights(matrix);
        }

        int layers = _spec.Dimensions.Layers;
        bool albert = _spec.Dimensions.Architecture == BertArchitecture.Albert;
        var hidden = new List<double[]>[layers + 1];
        var scores = new List<double>[layers];
        hidden[0] = [.. Enumerable.Range(0, _batch.TokenCount).Select(token => Embed(token))];
        for (int l = 0; l < layers; l++)
        {
            (hidden[l + 1], scores[l]) = ([], []);
            for (int s = 0; s < _batch.SequenceCount; s++)
            {
                List<double[]> rows = hidden[l][_batch.Starts[s].._batch.Starts[s + 1]];
                hidden[l + 1].AddRange(Layer(rows, $"encoder.layer.{(albert ? 0 : l)}.", albert ? l : 0, scores[l]));
            }
        }

        Hidden = [.. hidden.Select(rows => rows.SelectMany(row => row).ToArray())];
        Scores = [.. scores.Select(list => list.ToArray())];
        Logits = [.. HeadRows(hidden[^1]).SelectMany(Head)];
    }

    private IEnumerable<MatrixSpec> Matrices()
    {
        IEnumerable<MatrixSpec> own = _spec.PositionTables().Concat(_spec.Matrices).Where(m => m.IsQuantized);
        return !_spec.HasQuantizedEmbedding ? own : own.Prepend(SchemeQuantizer.EmbeddingMatrix(_spec, _options.ForEmbedding(_spec.EmbeddingStorage)));
    }

    private SchemeTraits Traits(MatrixSpec matrix) => matrix.Name switch
    {
        PackedLayout.WordEmbedding => _options.ForEmbedding(_spec.EmbeddingStorage),
        PackedLayout.PositionEmbedding or PackedLayout.TypeEmbedding => WeightSchemes.Of(Scheme.Linear),
        _ => _options.For(matrix),
    };

    private float[] Values(string name) => _model.Parameters.Single(p => p.Name == name).Values;

    private double[] Weights(MatrixSpec matrix)
    {
        double[] weights = Parameters[matrix.Name + ".weight"];
        if (matrix.HasCodebook)
        {
            return [.. _labels[matrix.Name].Select(label => Parameters[matrix.Name + ".weight_centroids"][label])];
        }

        double[]? alphas = Parameters.GetValueOrDefault(matrix.Name + ".weight_alpha");
        int length = matrix.RowsPerGroup * matrix.Columns;
        return [.. Enumerable.Range(0, matrix.GroupCount).SelectMany(group =>
        {
            double[] Rounded(double[] w)
            {
                var one = matrix with { Rows = matrix.RowsPerGroup, GroupCount = 1 };
                float[] values = new float[w.Length];
                SchemeQuantizer.Quantize(one, Traits(matrix).Fitter, Array.ConvertAll(w, v => (float)v),
                    alphas is null ? [] : [(float)alphas[group]]).Dequantize(values);
                return Array.ConvertAll(values, v => (double)v);
            }

            double[] own = weights[(group * length)..((group + 1) * length)];
            return alphas is null
                ? _lines.Straight(own, Rounded)
                : _lines.Learned(own, alphas[group], (1 << (matrix.Bits - 1)) - 1, isSigned: true, masks: false, Rounded);
        })];
    }

    private double[] Embed(int token)
    {
        int sequence = Array.FindLastIndex(_batch.Starts, start => start <= token);
        double[] word = Row(PackedLayout.WordEmbedding, _batch.Ids[token]);
        bool hasTypes = _spec.Dimensions.Architecture != BertArchitecture.DistilBert;
        double[] type = hasTypes ? Row("embeddings.token_type_embeddings", _batch.Types[token]) : new double[word.Length];
        double[] position = Row("embeddings.position_embeddings", token - _batch.Starts[sequence]);
        double[] embedded = Norm("embeddings.LayerNorm", [.. word.Select((w, i) => w + type[i] + position[i])]);
        return _spec.Dimensions.Architecture is BertArchitecture.Albert or BertArchitecture.Electra
            ? Linear("encoder.embedding_hidden_mapping_in", embedded, 0) : embedded;
    }

    private double[] Row(string name, int row)
    {
        int width = _spec.Dimensions.EmbeddingSize;
        return (_quantized.GetValueOrDefault(name) ?? Parameters[name + ".weight"])[(row * width)..((row + 1) * width)];
    }

    private List<double[]> Layer(List<double[]> rows, string layer, int use, List<double> scores)
    {
        double[][] query = [.. rows.Select(row => Operand(Linear(layer + "attention.self.query", row, use), layer + "attention.self.query.output", use))];
        double[][] key = [.. rows.Select(row => Operand(Linear(layer + "attention.self.key", row, use), layer + "attention.self.key.output", use))];
        double[][] value = [.. rows.Select(row => Operand(Linear(layer + "attention.self.value", row, use), layer + "attention.self.value.output", use))];
        double[][] context = Attend(query, key, value, layer, use, scores);
        return
        [
            .. rows.Select((row, i) =>
            {
                double[] attended = Norm(layer + "attention.output.LayerNorm", Sum(Linear(layer + "attention.output.dense", context[i], use), row));
                double[] inner = [.. Linear(layer + "intermediate.dense", attended, use).Select(Activated)];
                return Norm(layer + "output.LayerNorm", Sum(Linear(layer + "output.dense", inner, use), attended));
            }),
        ];
    }

    private double[][] Attend(double[][] query, double[][] key, double[][] value, string layer, int use, List<double> scores)
    {
        int size = _spec.Dimensions.HiddenSize / _spec.Dimensions.Heads;
        double[][] context = [.. query.Select(q => new double[q.Length])];
        for (int first = 0; first < _spec.Dimensions.HiddenSize; first += size)
        {
            for (int i = 0; i < query.Length; i++)
            {
                double[] own = [.. key.Select(k => Dot(query[i].AsSpan(first, size), k.AsSpan(first, size)) / Math.Sqrt(size))];
                scores.AddRange(own);
                double[] weights = _spec.Attention == AttentionKind.Boolean ? _lines.Clipped(own, below: 0)
                    : Operand(ReferenceMath.Softmax(own), layer + "attention.self.probabilities", use);
                for (int d = first; d < first + size; d++)
                {
                    context[i][d] = weights.Select((w, j) => w * value[j][d]).Sum();
                }
            }
        }

        return context;
    }

    private IEnumerable<double[]> HeadRows(List<double[]> hidden) => _spec.IsPooled
        ? _batch.Starts[..^1].Select(start => hidden[start])
        : _spec.OutputCount == 0 ? [] : (_batch.HeadTokens ?? [.. Enumerable.Range(0, hidden.Count)]).Select(token => hidden[token]);

    private double[] Head(double[] state)
    {
        if (_spec.HasMaskedLanguageHead)
        {
            double[] dense = Product("cls.predictions.transform.dense", state);
            double[] transformed = Norm(
                "cls.predictions.transform.LayerNorm", [.. dense.Select(Activated)]);
            return [.. Parameters["cls.predictions.bias"].Select((b, id) => b + Dot(Row(PackedLayout.WordEmbedding, id), transformed))];
        }

        return Product(_spec.OutputLayerName, _spec.IsPooled ? Pooled(state) : state);
    }

    private double[] Pooled(double[] first) => _spec.Dimensions.Architecture switch
    {
        BertArchitecture.DistilBert => [.. Linear("pre_classifier", first, 0).Select(x => Math.Max(0, x))],
        BertArchitecture.Electra => [.. Linear("classifier.dense", first, 0).Select(x => ReferenceMath.Activate(HiddenActivation.Gelu, x))],
        _ => [.. Linear("pooler.dense", first, 0).Select(Math.Tanh)],
    };

    private double[] Linear(string name, double[] x, int use)
    {
        MatrixSpec matrix = _spec.Matrix(name);
        return Product(name, matrix.HasIntegerProduct ? Activations(x, _spec.Graph.SiteOf(name), use, _spec.ActivationBits) : x);
    }

    private double[] Product(string name, double[] x)
    {
        double[] weights = _quantized.GetValueOrDefault(name) ?? Parameters[name + ".weight"];
        return [.. Parameters[name + ".bias"].Select((b, row) => b + Dot(weights.AsSpan(row * x.Length, x.Length), x))];
    }

    private double[] Operand(double[] x, string site, int use) => _spec.Attention == AttentionKind.Boolean ? _lines.Clipped(x, below: -1)
        : _spec.HasQuantizedAttention ? Activations(x, site, use, _spec.AttentionBits) : x;

    // A place with a threshold that an optimizer moves learns it, one with another range follows the activations, and one without looks at each token.
    private double[] Activations(double[] x, string site, int use, int bits)
    {
        Parameter? range = _model.Parameters.SingleOrDefault(p => p.Name == site + ".alpha");
        if (range is null)
        {
            return _lines.Straight(x, row => ReferenceMath.RoundActivations(row, null, bits));
        }

        if (Parameters.TryGetValue(site + ".shift", out double[]? shifts))
        {
            return _lines.Elastic(x, Parameters[range.Name][use], shifts[use], !_spec.ActivationSites().Single(s => s.Name == site).IsOneSided);
        }

        bool isSigned = !site.EndsWith(".probabilities", StringComparison.Ordinal);
        int levels = isSigned ? (1 << (bits - 1)) - 1 : (1 << bits) - 1;
        (float, int) mapping = (range.Values[use] / levels, isSigned ? 1 << (bits - 1) : 0);
        double[] Rounded(double[] row) => ReferenceMath.RoundActivations(row, mapping, bits);
        return range.Kind == ParameterKind.ActivationScale
            ? _lines.Learned(x, Parameters[range.Name][use], levels, isSigned, masks: true, Rounded)
            : _lines.Straight(x, Rounded);
    }

    private double[] Norm(string name, double[] x) =>
        ReferenceMath.LayerNorm(x, Parameters[name + ".weight"], Parameters[name + ".bias"], _spec.Dimensions.LayerNormEpsilon);

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    private double Activated(double x) => ReferenceMath.Activate(_spec.Dimensions.HiddenActivation, x);

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];
}
