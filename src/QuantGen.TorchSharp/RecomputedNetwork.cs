using QuantGen.Graph;
using QuantGen.Specs;
using QuantGen.Trainable;
using global::TorchSharp;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>
/// A pass that keeps the states between layers and nothing inside them: the backward pass computes each layer once more, with the same numbers, and has the
/// graph of one at a time (Chen et al., "Training deep nets with sublinear memory cost", 2016).
/// </summary>
/// <param name="parts">All parts of the model.</param>
/// <param name="network">What runs them.</param>
internal sealed class RecomputedNetwork(TorchParts parts, TorchNetwork network)
{
    private ModelGraph Graph => parts.Spec.Graph;

    /// <summary>Runs a batch; what stands before and behind the layers is recorded.</summary>
    /// <param name="pass">The batch.</param>
    /// <param name="trace">Receives the scores.</param>
    /// <returns>The rest of the trace. States behind the embedding begin graphs of their own.</returns>
    public TorchTrace Forward(TorchPass pass, TrainingTrace trace)
    {
        var values = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        network.Embed(pass, values);
        List<Tensor> states = [values[Values.Hidden]];
        using (no_grad())
        {
            for (int layer = 0; layer < Graph.Depth; layer++)
            {
                states.Add(ForwardLayer(pass, layer, states[^1], trace));
            }
        }

        // Not behind each layer: the next one would have to ask the system for the same pages again, which takes a third of the time.
        NativeHeap.Trim(pass.Device);

        values[Values.Hidden] = states[^1].requires_grad_();
        network.Head(pass, values);
        return new TorchTrace([.. states], [], Graph.Head.Count > 0 ? values[Values.Logits] : null);
    }

    /// <summary>Adds the gradients that a loss asks for to all parameters that it depends on and that learn.</summary>
    /// <param name="pass">The pass of <see cref="Forward"/>.</param>
    /// <param name="trace">What came of it.</param>
    /// <param name="gradients">Gradients of the trace.</param>
    public void Backward(TorchPass pass, TorchTrace trace, TrainingTrace gradients)
    {
        Tensor[] states = trace.Hidden;
        Tensor asked = gradients.HasHidden ? OfHidden(gradients, states.Length - 1, pass, states[^1]) : zeros_like(states[^1]);
        (Tensor Output, Tensor Asked)[] head = gradients.HasLogits && trace.Logits is { } logits
            ? [(logits, HostMemory.Share(gradients.Logits, pass.Device, logits.shape))]
            : [];

        // The words of the embedding may be weights of the head, too, which are then reached with those of the embedding.
        (Tensor Output, Tensor Asked)[] ofWords = Graph.Decoder is null ? [] : head;
        if (head.Length > 0)
        {
            asked += GraphLeaf.AddGradients(head, pass.Leaves.Where(leaf => leaf.IsHead), states[^1], isKept: ofWords.Length > 0)!;
        }

        int lowest = LowestLearning();
        for (int layer = Graph.Depth - 1; layer >= Math.Max(0, lowest); layer--)
        {
            Tensor below = BackwardLayer(pass, layer, states[layer], asked, gradients);
            asked.Dispose();
            asked = below;
        }

        GraphLeaf[] embedding = [.. pass.Leaves.Where(leaf => !leaf.IsHead)];
        if (embedding.Length > 0)
        {
            GraphLeaf.AddGradients([(states[0], asked), .. ofWords], embedding);
        }

        NativeHeap.Trim(pass.Device);
    }

    // Everything of a layer but its scores, which are copied, and its states goes before the next begins.
    private Tensor ForwardLayer(TorchPass pass, int layer, Tensor input, TrainingTrace trace)
    {
        using TorchPass part = pass.Part(isRepeated: false);
        (Tensor scores, Tensor hidden) = network.Layer(part, layer, input.detach());
        pass.Places.CopyScores(scores, trace.Scores[layer]);
        scores.Dispose();
        return hidden;
    }

    // Returns the gradient of the states below the layer.
    private Tensor BackwardLayer(TorchPass pass, int layer, Tensor state, Tensor asked, TrainingTrace gradients)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable recorded = enable_grad();
        using TorchPass part = pass.Part(isRepeated: true);
        Tensor input = state.detach().requires_grad_();
        (Tensor scores, Tensor hidden) = network.Layer(part, layer, input);
        List<(Tensor Output, Tensor Asked)> outputs = [(hidden, asked)];
        if (gradients.HasScores)
        {
            outputs.Add((scores, pass.Places.PlaceScores(gradients.Scores[layer], (int)scores.shape[1], pass.Device)));
        }

        Tensor below = GraphLeaf.AddGradients(outputs, part.Leaves, input)!;
        return scope.MoveToOuter(gradients.HasHidden ? below + OfHidden(gradients, layer, pass, state) : below);
    }

    private static Tensor OfHidden(TrainingTrace gradients, int state, TorchPass pass, Tensor states) =>
        HostMemory.Share(gradients.Hidden[state], pass.Device, states.shape);

    // The layer with the first parameter that learns; -1 where that stands before the layers. Parameters stand in the order of the forward pass.
    private int LowestLearning()
    {
        if (parts.Parameters.FirstOrDefault(p => !p.IsFrozen && p.Kind != ParameterKind.RunningRange) is not { } first)
        {
            return Graph.Depth;
        }

        return LayerNames.Split(first.Name, out int layer, out _) ? layer : PackedLayout.IsShared(parts.Spec, first.Name) ? -1 : Graph.Depth;
    }
}
