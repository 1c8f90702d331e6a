using QuantGen.Graph;
using QuantGen.Kernels;
using QuantGen.Lanes;
using QuantGen.Packed;
using QuantGen.Specs;

namespace QuantGen.Rounding;

/// <summary>
/// A model whose every operation is rounded (FullyQT), step by step in plain loops over its graph: what generated code on every processor equals, bit for
/// bit. A head's last layer has floats.
/// </summary>
/// <remarks>
/// Batches are ragged, so that there is no padding whose values ranges would have to leave out. Sums of floats have sixteen lanes and one fold, as everywhere.
/// </remarks>
internal sealed class RoundedReference
{
    private readonly PackedModel _model;
    private readonly ModelGraph _graph;
    private readonly Dictionary<string, RoundedReferenceLinear> _linears;
    private readonly RoundedReferenceEmbedding _embedding;

    /// <summary>Reads a model.</summary>
    /// <param name="model">The packed file, which must stay open.</param>
    /// <exception cref="ArgumentException">Its operations are not rounded.</exception>
    public RoundedReference(PackedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!model.Spec.IsRounded)
        {
            throw new ArgumentException("The model has floats between its products.", nameof(model));
        }

        _model = model;
        _graph = model.Spec.Graph;
        _linears = model.Spec.Matrices.ToDictionary(m => m.Name, m => new RoundedReferenceLinear(model, m), StringComparer.Ordinal);
        _embedding = new RoundedReferenceEmbedding(model);
    }

    /// <summary>Computes one sequence.</summary>
    /// <param name="ids">The vocabulary ids of its tokens.</param>
    /// <param name="types">Their token types.</param>
    /// <returns>The head's outputs, for the sequence or for every token; without a head the hidden states of every token.</returns>
    public float[] Run(ReadOnlySpan<int> ids, ReadOnlySpan<byte> types)
    {
        int[] idList = ids.ToArray();
        byte[] typeList = types.ToArray();
        var values = new Dictionary<string, float[][]>(StringComparer.Ordinal);
        foreach (Node node in _graph.Nodes)
        {
            values[node.Output] = Step(node, values, idList, typeList);
        }

        return [.. values[_graph.OutputLayer is null ? Values.Hidden : Values.Logits].SelectMany(row => row)];
    }

    private float[][] Step(Node node, Dictionary<string, float[][]> values, int[] ids, byte[] types)
    {
        float[][] input = node.Inputs.Count > 0 ? values[node.Inputs[0]] : [];
        return node switch
        {
            EmbeddingNode => [.. ids.Select((id, position) => _embedding.Sum(id, types[position], position))],
            NormNode norm => [.. input.Select((row, i) => Normalize(norm, row, norm.Residual is null ? null : values[norm.Residual][i]))],
            LinearNode { IsQuantizable: true } linear => Array.ConvertAll(input, row => Round(linear.Name, _linears[linear.Name].Apply(row))),
            AttentionNode attention => RoundedReferenceAttention.Run(
                _model, attention, values[attention.Query], values[attention.Key], values[attention.Value]),
            LinearNode output => Array.ConvertAll(input, row => Output(output, row)),
            ActivationNode activation => Array.ConvertAll(input, row => Activate(activation.Function, row)),
            RowsNode { Choice: RowChoice.FirstTokens } => [input[0]],
            _ => input,
        };
    }

    // What the feed-forward half adds has a range; other layers' outputs get theirs where they are read.
    private float[] Round(string layer, float[] outputs) => !_model.Contains(layer + PackedNames.Ranges) ? outputs
        : [.. outputs.Select((x, i) => RangeOf(_model, layer, 0, _model.Spec.ActivationBits, i).Round(x))];

    // The head's last layer has floats.
    private float[] Output(LinearNode layer, float[] input)
    {
        float[] x = [.. input];
        float[] weights = _model.Floats(layer.Name + ".weight").ToArray();
        float[] bias = _model.Floats(layer.Name + ".bias").ToArray();
        float[] outputs = new float[layer.Rows];
        Dense.Run<LanesScalar>(ref x[0], x.Length, 1, ref weights[0], ref bias[0], x.Length, outputs.Length, ref outputs[0], outputs.Length);
        return outputs;
    }

    /// <summary>Gets the range of a column of one of a step's sites.</summary>
    internal static ActivationParameters RangeOf(PackedModel model, string owner, int site, int bits, int column = 0)
    {
        IReadOnlyList<ActivationSite> sites = model.Spec.RoundingPlaces().First(place => place.Owner == owner).Sites;
        int first = sites.Take(site).Sum(before => 2 * before.Buckets) + (sites[site].Buckets == 1 ? 0 : column);
        ReadOnlySpan<float> ranges = model.Floats(owner + PackedNames.Ranges);
        return ActivationParameters.FromCenter(ranges[first], ranges[first + sites[site].Buckets], bits);
    }

    private static float[] Activate(HiddenActivation function, float[] row)
    {
        float[] values = [.. row];
        Activation.Apply(function, ref values[0], values.Length);
        return values;
    }

    private float[] Normalize(NormNode norm, float[] row, float[]? residual)
    {
        float[] sum = residual is null ? row : [.. row.Zip(residual, (x, r) => x + r)];
        int bits = _model.Spec.ActivationBits;
        float mean = LaneSum(sum, (_, x) => x) / sum.Length;
        float deviation = MathF.Sqrt((LaneSum(sum, (total, x) => MathF.FusedMultiplyAdd(x - mean, x - mean, total), isFused: true) / sum.Length)
            + (float)_model.Spec.Dimensions.LayerNormEpsilon);
        float inverse = 1f / MathF.Max(RangeOf(_model, norm.Name, 1, bits).Round(deviation), 1e-8f);
        ActivationParameters Column(int site, int column) => RangeOf(_model, norm.Name, site, bits, column);
        ActivationParameters results = RangeOf(_model, norm.Name, 3, bits);
        float[] gamma = _model.Floats(norm.Name + ".weight").ToArray();
        float[] beta = _model.Floats(norm.Name + ".bias").ToArray();
        return [.. sum.Select((x, i) => results.Round(
            MathF.FusedMultiplyAdd(Column(2, i).Round(Column(0, i).Round(x - mean) * inverse), gamma[i], beta[i])))];
    }

    // Lane i has the values i, i + 16 and so on; lanes are folded i with i + 8, then 4, 2 and 1.
    private static float LaneSum(float[] values, Func<float, float, float> add, bool isFused = false)
    {
        float[] lanes = new float[16];
        for (int i = 0; i < values.Length; i++)
        {
            lanes[i % 16] = isFused ? add(lanes[i % 16], values[i]) : lanes[i % 16] + add(0f, values[i]);
        }

        for (int width = 8; width > 0; width /= 2)
        {
            for (int i = 0; i < width; i++)
            {
                lanes[i] += lanes[i + width];
            }
        }

        return lanes[0];
    }
}
