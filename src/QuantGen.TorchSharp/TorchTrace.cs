using QuantGen.Trainable;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>What distillation sees of a pass, on the device; scores have padding among them.</summary>
/// <param name="Hidden">The embedding output and every layer's output.</param>
/// <param name="Scores">Every layer's scores; nothing where layers are computed again, which make them once more.</param>
/// <param name="Logits">The head's outputs; null without a head.</param>
internal sealed record TorchTrace(Tensor[] Hidden, Tensor[] Scores, Tensor? Logits)
{
    /// <summary>Copies everything to a trace on the host.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="trace">The trace; its size fits.</param>
    public void CopyTo(TorchPass pass, TrainingTrace trace)
    {
        for (int i = 0; i < Hidden.Length; i++)
        {
            HostMemory.CopyTo(Hidden[i], trace.Hidden[i]);
        }

        for (int i = 0; i < Scores.Length; i++)
        {
            pass.Places.CopyScores(Scores[i], trace.Scores[i]);
        }

        if (Logits is not null)
        {
            HostMemory.CopyTo(Logits, trace.Logits);
        }
    }

    /// <summary>Keeps the tensors when the scope that made them ends.</summary>
    /// <param name="pass">The pass, with which they end.</param>
    public void Keep(TorchPass pass)
    {
        foreach (Tensor tensor in Hidden.Concat(Scores))
        {
            pass.Keep(tensor);
        }

        if (Logits is not null)
        {
            pass.Keep(Logits);
        }
    }

    /// <summary>Adds the gradients that a loss asks for to all parameters that it depends on and that learn.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="gradients">Gradients of the trace.</param>
    public void Backward(TorchPass pass, TrainingTrace gradients)
    {
        bool hasLogits = gradients.HasLogits && Logits is not null;
        List<(Tensor Output, Tensor Asked)> outputs = [];
        if (hasLogits)
        {
            outputs.Add((Logits!, HostMemory.Share(gradients.Logits, pass.Device, Logits!.shape)));
        }

        if (gradients.HasHidden)
        {
            outputs.AddRange(Hidden.Select((states, i) => (states, HostMemory.Share(gradients.Hidden[i], pass.Device, states.shape))));
        }
        else if (!hasLogits)
        {
            // The graph is to reach every parameter below the head, if only with zeros.
            outputs.Add((Hidden[^1], zeros_like(Hidden[^1])));
        }

        if (gradients.HasScores)
        {
            outputs.AddRange(Scores.Select((scores, i) => (scores, pass.Places.PlaceScores(gradients.Scores[i], (int)scores.shape[1], pass.Device))));
        }

        // Frozen parts have no graph.
        outputs.RemoveAll(pair => !pair.Output.requires_grad);
        GraphLeaf[] leaves = [.. pass.Leaves.Where(leaf => hasLogits || !leaf.IsHead)];
        if (outputs.Count == 0 || leaves.Length == 0)
        {
            return;
        }

        GraphLeaf.AddGradients(outputs, leaves);
    }
}
