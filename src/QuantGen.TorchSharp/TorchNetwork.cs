using QuantGen.Graph;
using global::TorchSharp;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>The forward pass: the steps of the model's graph, in order.</summary>
/// <param name="parts">All parts of the model.</param>
internal sealed class TorchNetwork(TorchParts parts)
{
    private readonly TorchSteps _steps = new(parts);

    /// <summary>Runs a batch.</summary>
    /// <param name="pass">The batch.</param>
    public TorchTrace Forward(TorchPass pass)
    {
        ModelGraph graph = parts.Spec.Graph;
        var values = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        _steps.Run(pass, graph.Embedding, values, use: 0);
        List<Tensor> states = [values[Values.Hidden]];
        List<Tensor> scores = [];
        for (int layer = 0; layer < graph.Depth; layer++)
        {
            (Tensor own, Tensor hidden) = Layer(pass, graph.IsShared ? 0 : layer, states[^1], graph.IsShared ? layer : 0);
            scores.Add(own);
            states.Add(hidden);
        }

        values[Values.Hidden] = states[^1];
        _steps.Run(pass, graph.Head, values, use: 0);
        return new TorchTrace([.. states], [.. scores], graph.Head.Count > 0 ? values[Values.Logits] : null);
    }

    private (Tensor Scores, Tensor Hidden) Layer(TorchPass pass, int layer, Tensor hidden, int use)
    {
        // What nobody needs for gradients goes when the layer is done.
        using DisposeScope scope = NewDisposeScope();
        var values = new Dictionary<string, Tensor>(StringComparer.Ordinal) { [Values.Hidden] = hidden };
        Tensor scores = _steps.Run(pass, parts.Spec.Graph.Layers[layer], values, use)
            ?? throw new InvalidOperationException("A layer without attention has no scores to learn from.");
        return scope.MoveToOuter(scores, values[Values.Hidden]);
    }
}
