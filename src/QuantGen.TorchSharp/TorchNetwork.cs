using QuantGen.Graph;
using global::TorchSharp;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>The forward pass: the steps of the model's graph, in order.</summary>
/// <param name="parts">All parts of the model.</param>
internal sealed class TorchNetwork(TorchParts parts)
{
    private readonly TorchSteps _steps = new(parts);

    /// <summary>Runs a batch and records all of it.</summary>
    /// <param name="pass">The batch.</param>
    public TorchTrace Forward(TorchPass pass)
    {
        ModelGraph graph = parts.Spec.Graph;
        var values = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        Embed(pass, values);
        List<Tensor> states = [values[Values.Hidden]];
        List<Tensor> scores = [];
        for (int layer = 0; layer < graph.Depth; layer++)
        {
            (Tensor own, Tensor hidden) = Layer(pass, layer, states[^1]);
            scores.Add(own);
            states.Add(hidden);
        }

        values[Values.Hidden] = states[^1];
        Head(pass, values);
        return new TorchTrace([.. states], [.. scores], graph.Head.Count > 0 ? values[Values.Logits] : null);
    }

    /// <summary>Runs the steps before the first layer.</summary>
    /// <param name="pass">The batch.</param>
    /// <param name="values">Receives what they make, by name.</param>
    public void Embed(TorchPass pass, Dictionary<string, Tensor> values) => _steps.Run(pass, parts.Spec.Graph.Embedding, values, use: 0);

    /// <summary>Runs the steps behind the last layer.</summary>
    /// <param name="pass">The batch.</param>
    /// <param name="values">What they read and make, by name.</param>
    public void Head(TorchPass pass, Dictionary<string, Tensor> values)
    {
        pass.BeginPart(parts.Spec.Graph.Depth + 1);
        _steps.Run(pass, parts.Spec.Graph.Head, values, use: 0);
    }

    /// <summary>Runs a layer.</summary>
    /// <param name="pass">The batch.</param>
    /// <param name="layer">Which, counted by depth: layers that share their weights are several.</param>
    /// <param name="hidden">The states before it.</param>
    public (Tensor Scores, Tensor Hidden) Layer(TorchPass pass, int layer, Tensor hidden)
    {
        bool isShared = parts.Spec.Graph.IsShared;
        pass.BeginPart(layer + 1);

        // What nobody needs for gradients goes when the layer is done.
        using DisposeScope scope = NewDisposeScope();
        var values = new Dictionary<string, Tensor>(StringComparer.Ordinal) { [Values.Hidden] = hidden };
        Tensor scores = _steps.Run(pass, parts.Spec.Graph.Layers[isShared ? 0 : layer], values, isShared ? layer : 0)
            ?? throw new InvalidOperationException("A layer without attention has no scores to learn from.");
        return scope.MoveToOuter(scores, values[Values.Hidden]);
    }
}
