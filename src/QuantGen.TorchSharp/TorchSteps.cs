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
        var made = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        Tensor? scores = null;
        for (int at = 0; at < steps.Count; at++)
        {
            Node step = steps[at];
            Tensor[] read = [.. step.Inputs.Select(name => values[name])];
            Tensor output = step switch
            {
                EmbeddingNode => parts.Embedding.Forward(pass),
                LinearNode linear => parts.Linear(linear.Name).Forward(pass, values[linear.Input], Codes(linear)),
                AttentionNode attention => Attend(attention),
                NormNode norm => parts.Norm(norm.Name).Forward(pass, Sum(norm)),
                ActivationNode activation => TorchFunctions.Apply(activation.Function, values[activation.Input]),
                DropoutNode dropout => pass.DropHidden(values[dropout.Input]),
                RowsNode rows => Choose(pass, rows.Choice, values[rows.Input]),
                DecoderNode decoder => pass.Map(values[decoder.Input], parts.Embedding.Words.Values(pass), parts.DecoderBias!.In(pass)),
                _ => throw new InvalidOperationException($"A step '{step.GetType().Name}' has no form in libtorch's operations here."),
            };

            // Some steps hand on what they read.
            if (!values.Values.Contains(output, ReferenceEqualityComparer.Instance))
            {
                made.Add(output);
            }

            values[step.Output] = output;
            Release(at, read);
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

        // What was read for the last time: the graph keeps of it what the backward pass needs, which is often nothing.
        void Release(int at, Tensor[] read)
        {
            foreach (Tensor tensor in read)
            {
                if (made.Contains(tensor) && !values.Any(pair => ReferenceEquals(pair.Value, tensor) && IsNeeded(steps, pair.Key, at + 1)))
                {
                    tensor.Dispose();
                }
            }
        }

        Tensor Sum(NormNode norm) => norm.Residual is null ? values[norm.Input] : pass.DropHidden(values[norm.Input]) + values[norm.Residual];
    }

    private static bool IsNeeded(IReadOnlyList<Node> steps, string name, int first)
    {
        for (int at = first; at < steps.Count; at++)
        {
            if (steps[at].Inputs.Contains(name) || steps[at].Output == name)
            {
                return steps[at].Inputs.Contains(name);
            }
        }

        return name == steps[^1].Output;
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
