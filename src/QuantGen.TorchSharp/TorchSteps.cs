using QuantGen.Graph;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>Runs steps of a model's graph, one after the other.</summary>
/// <param name="parts">All parts of the model.</param>
internal sealed class TorchSteps(TorchParts parts)
{
    /// <summary>Runs steps; their results join the values.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="steps">The steps.</param>
    /// <param name="values">Values by name: what the steps read, then what they made, too.</param>
    /// <param name="use">Which use of a shared layer.</param>
    /// <returns>The scores of the last attention among them; null without one.</returns>
    public Tensor? Run(TorchPass pass, IReadOnlyList<Node> steps, Dictionary<string, Tensor> values, int use)
    {
        // Layers that read the same values share their codes.
        var codes = new Dictionary<string, QuantizedInput?>(StringComparer.Ordinal);
        Tensor? scores = null;
        foreach (Node step in steps)
        {
            values[step.Output] = step switch
            {
                EmbeddingNode => parts.Embedding.Forward(pass),
                LinearNode linear => parts.Linear(linear.Name).Forward(pass, values[linear.Input], Codes(linear)),
                AttentionNode attention => Attend(attention),
                NormNode norm => parts.Norm(norm.Name).Forward(pass, Sum(norm)),
                ActivationNode activation => TorchFunctions.Apply(activation.Function, values[activation.Input]),
                DropoutNode dropout => pass.DropHidden(values[dropout.Input]),
                RowsNode rows => Choose(pass, rows.Choice, values[rows.Input]),
                DecoderNode decoder => nn.functional.linear(values[decoder.Input], parts.Embedding.Words.Values(pass), parts.DecoderBias!.In(pass)),
                _ => throw new InvalidOperationException($"A step '{step.GetType().Name}' has no form in libtorch's operations here."),
            };
        }

        return scores;

        QuantizedInput? Codes(LinearNode linear)
        {
            if (!codes.TryGetValue(linear.Site, out QuantizedInput? found))
            {
                found = parts.Quantize(pass, linear.Site, values[linear.Input], use);
                codes.Add(linear.Site, found);
            }

            return found;
        }

        Tensor Attend(AttentionNode attention)
        {
            (scores, Tensor context) =
                parts.Attention(attention.Name).Forward(pass, values[attention.Query], values[attention.Key], values[attention.Value], use);
            return context;
        }

        Tensor Sum(NormNode norm) => norm.Residual is null ? values[norm.Input] : pass.DropHidden(values[norm.Input]) + values[norm.Residual];
    }

    private static Tensor Choose(TorchPass pass, RowChoice choice, Tensor states) => choice switch
    {
        RowChoice.FirstTokens => Rows(pass, states, pass.Batch.Starts[..^1]),
        RowChoice.HeadTokens => pass.Batch.HeadTokens is { } tokens ? Rows(pass, states, tokens) : states,
        _ => throw new ArgumentOutOfRangeException(nameof(choice), choice, "These rows cannot be chosen here."),
    };

    private static Tensor Rows(TorchPass pass, Tensor states, int[] rows) =>
        states.index_select(0, tensor(Array.ConvertAll(rows, row => (long)row), device: pass.Device));
}
