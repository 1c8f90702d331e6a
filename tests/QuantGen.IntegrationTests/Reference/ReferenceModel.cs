using QuantGen.Packed;
using QuantGen.Specs;

namespace QuantGen.IntegrationTests.Reference;

/// <summary>Computes a packed model without any of the library's kernels: dequantized weights, rounded activations, double precision.</summary>
internal sealed class ReferenceModel
{
    private readonly PackedModel _model;
    private readonly ModelSpec _spec;
    private readonly CodeBorders _borders;
    private readonly Dictionary<string, ReferenceMatrix> _matrices;

    public ReferenceModel(PackedModel model, CodeBorders borders)
    {
        _borders = borders;
        _model = model;
        _spec = model.Spec;
        _matrices = _spec.Matrices.ToDictionary(m => m.Name, m => new ReferenceMatrix(model, m));
    }

    /// <summary>Computes the head's outputs of one sequence, or its last hidden states where there is no head.</summary>
    public double[] Run(ReadOnlySpan<int> ids, ReadOnlySpan<byte> types)
    {
        _borders.Begin();
        double[][] hidden = new double[ids.Length][];
        for (int i = 0; i < ids.Length; i++)
        {
            hidden[i] = Embed(ids[i], types[i], i);
        }

        for (int layer = 0; layer < _spec.Dimensions.Layers; layer++)
        {
            bool isShared = _spec.Dimensions.Architecture == BertArchitecture.Albert;
            hidden = Layer(hidden, $"encoder.layer.{(isShared ? 0 : layer)}.", isShared ? layer : 0);
        }

        return _spec.Head switch
        {
            BertHead.Encoder or BertHead.Embedding => [.. hidden.SelectMany(h => h)],
            BertHead.SequenceClassification or BertHead.Regression =>
                Output(Pooled(hidden[0])),
            BertHead.MaskedLanguageModel => [.. hidden.SelectMany(Words)],
            _ => [.. hidden.SelectMany(Output)],
        };
    }

    private double[] Pooled(double[] first) => _spec.Dimensions.Architecture switch
    {
        BertArchitecture.DistilBert => [.. Linear("pre_classifier", first, 0).Select(x => Math.Max(0, x))],
        BertArchitecture.Electra => [.. Linear("classifier.dense", first, 0).Select(x => ReferenceMath.Activate(HiddenActivation.Gelu, x))],
        _ => [.. Linear("pooler.dense", first, 0).Select(Math.Tanh)],
    };

    private double[] Embed(int id, int type, int position)
    {
        int width = _spec.Dimensions.EmbeddingSize;
        double[] sum = new double[width];
        bool hasTypes = _spec.Dimensions.Architecture != BertArchitecture.DistilBert;
        double[] types = hasTypes ? Row("embeddings.token_type_embeddings", type) : new double[width];
        double[] positions = Row("embeddings.position_embeddings", position);
        for (int i = 0; i < width; i++)
        {
            sum[i] = Word(id, i) + types[i] + positions[i];
        }

        double[] embedded = Norm("embeddings.LayerNorm", sum);
        return _spec.Dimensions.Architecture is BertArchitecture.Albert or BertArchitecture.Electra
            ? Linear("encoder.embedding_hidden_mapping_in", embedded, 0)
            : embedded;
    }

    // Of positions or token types, a byte for each value where they are quantized.
    private double[] Row(string table, int row)
    {
        int width = _spec.Dimensions.EmbeddingSize;
        return _spec.PositionBits == 32
            ? Array.ConvertAll(Floats(table + ".weight")[(row * width)..((row + 1) * width)], x => (double)x)
            : Array.ConvertAll(
                _model.Codes(table).Slice(row * width, width).ToArray(), code => (code - 128) * (double)Floats(table + ".scales")[row]);
    }

    private double Word(int id, int column) =>
        WordIn(id, column) + (_spec.HasEmbeddingPair ? WordIn(id + _spec.Dimensions.VocabularySize, column) : 0);

    private double WordIn(int id, int column)
    {
        int width = _spec.Dimensions.EmbeddingSize;
        int bits = _spec.EmbeddingBits;
        if (bits == 32)
        {
            return Floats("embeddings.word_embeddings.weight")[(id * width) + column];
        }

        int rowBytes = ((width * bits) + 7) / 8;
        byte[] codes = _model.Codes("embeddings.word_embeddings").Slice(id * rowBytes, rowBytes).ToArray();
        int code = ReferenceMatrix.Code(codes, (long)column * bits, bits);
        return _spec.EmbeddingStorage == Storage.Codebook
            ? Floats("embeddings.word_embeddings.codebook")[code]
            : (bits == 1 ? (2 * code) - 1 : code - (1 << (bits - 1))) * (double)Floats("embeddings.word_embeddings.scales")[id];
    }

    private double[][] Layer(double[][] hidden, string layer, int use)
    {
        double[][] query = [.. hidden.Select(h => Linear(layer + "attention.self.query", h, use))];
        double[][] key = [.. hidden.Select(h => Linear(layer + "attention.self.key", h, use))];
        double[][] value = [.. hidden.Select(h => Linear(layer + "attention.self.value", h, use))];
        query = Operand(query, layer + "attention.self.query.output", use);
        key = Operand(key, layer + "attention.self.key.output", use);
        value = Operand(value, layer + "attention.self.value.output", use);
        double[][] context = Attend(query, key, value, layer, use);
        double[][] result = new double[hidden.Length][];
        for (int i = 0; i < hidden.Length; i++)
        {
            double[] attended = NormSum(layer + "attention.output.LayerNorm", Linear(layer + "attention.output.dense", context[i], use), hidden[i]);
            double[] inner = [.. Linear(layer + "intermediate.dense", attended, use).Select(Activated)];
            result[i] = NormSum(layer + "output.LayerNorm", Linear(layer + "output.dense", inner, use), attended);
        }

        return result;
    }

    // Attention of integers multiplies codes, Boolean attention signs.
    private double[][] Operand(double[][] rows, string site, int use) => _spec.Attention == AttentionKind.Boolean
        ? [.. rows.Select(row => Array.ConvertAll(row, x => x >= 0 ? 1.0 : -1.0))]
        : !_spec.HasQuantizedAttention
        ? rows
        : [.. rows.Select(row => ReferenceMath.CenteredCodes(row, Range(site, use), _spec.AttentionBits, _borders))];

    private (float Scale, int ZeroPoint) Range(string site, int use) => (Floats(site + ".input_scale")[use], _model.Bytes(site + ".input_zero_point")[use]);

    private double[][] Attend(double[][] query, double[][] key, double[][] value, string layer, int use)
    {
        int size = _spec.Dimensions.HiddenSize / _spec.Dimensions.Heads;
        (Func<double, double> toScore, Func<double, double> toContext) = Factors(layer + "attention.self.", use, size);
        double[][] context = [.. query.Select(q => new double[q.Length])];
        for (int head = 0; head < _spec.Dimensions.Heads; head++)
        {
            for (int i = 0; i < query.Length; i++)
            {
                double[] scores = new double[key.Length];
                for (int j = 0; j < key.Length; j++)
                {
                    for (int d = head * size; d < (head + 1) * size; d++)
                    {
                        scores[j] += query[i][d] * key[j][d];
                    }

                    scores[j] = toScore(scores[j]);
                }

                double[] weights = _spec.Attention == AttentionKind.Boolean ? [.. scores.Select(score => score >= 0 ? 1.0 : 0.0)]
                    : Operand([ReferenceMath.Softmax(scores)], layer + "attention.self.probabilities", use)[0];
                for (int d = head * size; d < (head + 1) * size; d++)
                {
                    context[i][d] = toContext(weights.Select((w, j) => w * value[j][d]).Sum());
                }
            }
        }

        return context;
    }

    // Sums of codes are exact, and the factors are floats by definition: contexts that saturate on both sides have a zero point on a border of two, which the
    // last bit decides.
    private (Func<double, double> ToScore, Func<double, double> ToContext) Factors(string self, int use, int size)
    {
        if (!_spec.HasQuantizedAttention)
        {
            return (sum => sum / Math.Sqrt(size), sum => sum);
        }

        float scoreFactor = Range(self + "query.output", use).Scale * Range(self + "key.output", use).Scale * (float)(1 / Math.Sqrt(size));
        float contextFactor = Range(self + "probabilities", use).Scale * Range(self + "value.output", use).Scale;
        return (sum => (float)sum * scoreFactor, sum => (float)sum * contextFactor);
    }

    private double[] Linear(string name, double[] input, int use)
    {
        ReferenceMatrix matrix = _matrices[name];
        if (!matrix.Spec.HasIntegerProduct)
        {
            return matrix.Apply(input);
        }

        int self = name.IndexOf(".self.", StringComparison.Ordinal);
        string site = self < 0 ? name : name[..(self + ".self".Length)];

        // What attention of integers gives has no rounding errors that could put it on another side of a border.
        bool isExact = _spec.HasQuantizedAttention && name.EndsWith("attention.output.dense", StringComparison.Ordinal);
        if (_spec.ActivationBits == 1)
        {
            bool isOneSided = _spec.Dimensions.HiddenActivation != HiddenActivation.Tanh && name.StartsWith("encoder.layer.", StringComparison.Ordinal)
                && name.EndsWith(".output.dense", StringComparison.Ordinal) && !name.EndsWith("attention.output.dense", StringComparison.Ordinal);
            (float scale, float shift) = (Floats(site + ".input_scale")[use], Floats(site + ".input_shift")[use]);
            return matrix.Apply([.. input.Select(x => ReferenceMath.OneBit(x, scale, shift, isOneSided, isExact ? null : _borders))]);
        }

        (float, int)? range = null;
        if (_spec.ActivationRange == ActivationRange.Static)
        {
            range = Range(site, use);
        }

        return matrix.Apply(ReferenceMath.RoundActivations(input, range, _spec.ActivationBits, isExact ? null : _borders));
    }

    private double[] Output(double[] input)
    {
        string name = _spec.Head == BertHead.QuestionAnswering ? "qa_outputs"
            : _spec.Dimensions.Architecture == BertArchitecture.Electra ? "classifier.out_proj" : "classifier";
        float[] weights = Floats(name + ".weight");
        return [.. Floats(name + ".bias").Select((b, row) => b + input.Select((x, column) => x * weights[(row * input.Length) + column]).Sum())];
    }

    private double[] Words(double[] input)
    {
        float[] weights = Floats("cls.predictions.transform.dense.weight");
        double[] dense =
        [
            .. Floats("cls.predictions.transform.dense.bias")
            .Select((b, row) => b + input.Select((x, column) => x * weights[(row * input.Length) + column]).Sum()),
        ];
        double[] transformed = Norm("cls.predictions.transform.LayerNorm", [.. dense.Select(Activated)]);
        return [.. Floats("cls.predictions.bias").Select((b, id) => b + transformed.Select((x, column) => x * Word(id, column)).Sum())];
    }

    private double[] Norm(string name, double[] x) => ReferenceMath.LayerNorm(
        x, Doubles(name + ".weight"), Doubles(name + ".bias"), _spec.Dimensions.LayerNormEpsilon);

    private double[] Doubles(string name) => Array.ConvertAll(Floats(name), value => (double)value);

    private float[] Floats(string name) => _model.Floats(name).ToArray();

    private double Activated(double x) => ReferenceMath.Activate(_spec.Dimensions.HiddenActivation, x);

    private double[] NormSum(string name, double[] x, double[] residual)
    {
        string factors = name + ".residual_factors";
        double[] scales = _model.Contains(factors) ? Doubles(factors) : [.. residual.Select(_ => 1.0)];
        return Norm(name, [.. x.Select((value, i) => value + (residual[i] * scales[i]))]);
    }
}
