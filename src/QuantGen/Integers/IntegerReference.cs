using QuantGen.Graph;
using QuantGen.Packed;
using QuantGen.Quantization;

namespace QuantGen.Integers;

/// <summary>
/// A model of integers, step by step in plain loops over its graph: what generated code on every processor, and code of other languages, equals.
/// </summary>
public sealed class IntegerReference
{
    private readonly PackedModel _model;
    private readonly ModelGraph _graph;
    private readonly Dictionary<string, IntegerReferenceLinear> _linears;
    private readonly Dictionary<string, IntegerNorm> _norms;
    private readonly Dictionary<string, FixedScores> _scores = new(StringComparer.Ordinal);
    private readonly IntegerReferenceEmbedding _embedding;
    private readonly IntegerOutput? _output;

    /// <summary>Folds the constants of a model.</summary>
    /// <param name="model">The packed file, which must stay open.</param>
    /// <exception cref="ArgumentException">The model has floats.</exception>
    /// <exception cref="ModelFormatException">Its numbers do not fit 32 bits.</exception>
    public IntegerReference(PackedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!model.Spec.IsInteger)
        {
            throw new ArgumentException("The model computes with floats.", nameof(model));
        }

        _model = model;
        _graph = model.Spec.Graph;
        var scales = new IntegerScales(model);
        _linears = model.Spec.Matrices.ToDictionary(m => m.Name, m => new IntegerReferenceLinear(model, scales, m), StringComparer.Ordinal);
        _norms = _graph.Nodes.OfType<NormNode>().ToDictionary(norm => norm.Name, norm => IntegerNorm.Of(model, norm.Name), StringComparer.Ordinal);
        foreach (AttentionNode attention in _graph.Nodes.OfType<AttentionNode>())
        {
            _scores[attention.Name] = FixedScores.Of(
                scales.Range(attention.Operands[0]).Scale, scales.Range(attention.Operands[1]).Scale, attention.HeadSize);
        }

        _embedding = new IntegerReferenceEmbedding(model);
        _output = _graph.OutputLayer is LinearNode output ? IntegerOutput.Of(model, scales, output.Name) : null;
    }

    /// <summary>Computes one sequence.</summary>
    /// <param name="ids">The vocabulary ids of its tokens.</param>
    /// <param name="types">Their token types.</param>
    /// <returns>
    /// The head's outputs, of <see cref="FixedPoint.LogitBits"/>, for the sequence or for every token; without a head the hidden states of every token, of
    /// <see cref="FixedPoint.StateBits"/>.
    /// </returns>
    public int[] Run(ReadOnlySpan<int> ids, ReadOnlySpan<byte> types)
    {
        int[] idList = ids.ToArray();
        byte[] typeList = types.ToArray();
        var values = new Dictionary<string, int[][]>(StringComparer.Ordinal);
        foreach (Node node in _graph.Nodes)
        {
            values[node.Output] = Step(node, values, idList, typeList);
        }

        return [.. values[_output is null ? Values.Hidden : Values.Logits].SelectMany(row => row)];
    }

    private int[][] Step(Node node, Dictionary<string, int[][]> values, int[] ids, byte[] types)
    {
        int[][] input = node.Inputs.Count > 0 ? values[node.Inputs[0]] : [];
        return node switch
        {
            EmbeddingNode => [.. ids.Select((id, position) => _embedding.Sum(id, types[position], position))],
            NormNode norm => [.. input.Select((row, i) => Normalize(_norms[norm.Name], row, norm.Residual is null ? null : values[norm.Residual][i]))],
            LinearNode { IsQuantizable: true } linear => Array.ConvertAll(input, _linears[linear.Name].Apply),
            LinearNode => Array.ConvertAll(input, Output),
            AttentionNode attention => IntegerReferenceAttention.Run(
                attention, _scores[attention.Name], values[attention.Query], values[attention.Key], values[attention.Value]),
            ActivationNode activation => Array.ConvertAll(input, row => Array.ConvertAll(row, x => Activate(activation.Function, x))),
            RowsNode { Choice: RowChoice.FirstTokens } => [input[0]],
            _ => input,
        };
    }

    private static int Activate(HiddenActivation function, int x) => function switch
    {
        HiddenActivation.Relu => FixedRelu.Of(x),
        HiddenActivation.Tanh => FixedTanh.Of(x),
        _ => FixedGelu.Of(x),
    };

    private static int[] Normalize(IntegerNorm norm, int[] row, int[]? residual)
    {
        int[] sum = residual is null ? row : [.. row.Zip(residual, FixedPoint.Add)];
        int[] output = new int[row.Length];
        FixedNorm.Of(sum, norm.Gamma, norm.Shift, norm.Beta, output);
        return output;
    }

    private int[] Output(int[] input)
    {
        int[] logits = new int[_output!.Biases.Length];
        for (int row = 0; row < logits.Length; row++)
        {
            long sum = 0;
            for (int i = 0; i < input.Length; i++)
            {
                sum += (long)input[i] * _output.Weights[(row * input.Length) + i];
            }

            logits[row] = FixedOutput.Of(sum, _output.Shift, _output.Biases[row]);
        }

        return logits;
    }
}
