using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>A tensor that a backward pass computes the gradient of.</summary>
/// <param name="Tensor">The tensor.</param>
/// <param name="IsHead">Whether only logits depend on it.</param>
/// <param name="AddGradient">Adds a gradient, contiguous on the CPU, to the parameter's.</param>
internal sealed record GraphLeaf(Tensor Tensor, bool IsHead, Action<Tensor> AddGradient)
{
    /// <summary>Runs a graph backwards and adds the gradients of its leaves to those of their parameters.</summary>
    /// <param name="outputs">Where gradients come in, and these.</param>
    /// <param name="leaves">Leaves that outputs depend on.</param>
    /// <param name="input">What the gradient is asked of as well, or null.</param>
    /// <param name="isKept">Whether the graph is needed again.</param>
    /// <returns>The gradient of <paramref name="input"/>; null without one.</returns>
    public static Tensor? AddGradients(
        IEnumerable<(Tensor Output, Tensor Asked)> outputs, IEnumerable<GraphLeaf> leaves, Tensor? input = null, bool isKept = false)
    {
        Tensor[] inputs = [.. leaves.Select(leaf => leaf.Tensor), .. input is null ? Array.Empty<Tensor>() : [input]];
        IList<Tensor> found =
            autograd.grad([.. outputs.Select(pair => pair.Output)], inputs, [.. outputs.Select(pair => pair.Asked)], retain_graph: isKept);
        foreach ((GraphLeaf leaf, Tensor gradient) in leaves.Zip(found))
        {
            leaf.AddGradient(gradient.cpu().contiguous());
        }

        return input is null ? null : found[^1];
    }
}
