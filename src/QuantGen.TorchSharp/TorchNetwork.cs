using QuantGen.Graph;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>The forward pass: the layers by name, in order.</summary>
/// <param name="parts">All parts of the model.</param>
internal sealed class TorchNetwork(TorchParts parts)
{
    private const string EmbeddingMap = "encoder.embedding_hidden_mapping_in";

    private readonly TorchLayer[] _layers = [.. Enumerable.Range(0, parts.Spec.BlockCount).Select(block => new TorchLayer(parts, block))];
    private readonly TorchHead _head = new(parts);

    /// <summary>Runs a batch.</summary>
    /// <param name="pass">The batch.</param>
    public TorchTrace Forward(TorchPass pass)
    {
        Tensor hidden = pass.DropHidden(parts.Norm("embeddings.LayerNorm").Forward(pass, parts.Embedding.Forward(pass)));
        if (parts.Spec.Graph.Embedding.OfType<LinearNode>().Any())
        {
            hidden = parts.Linear(EmbeddingMap).Forward(pass, hidden, parts.Quantize(pass, EmbeddingMap, hidden, 0));
        }

        List<Tensor> states = [hidden];
        List<Tensor> scores = [];
        for (int layer = 0; layer < parts.Spec.Dimensions.Layers; layer++)
        {
            bool isShared = parts.Spec.UsesPerBlock > 1;
            (Tensor own, hidden) = _layers[isShared ? 0 : layer].Forward(pass, hidden, isShared ? layer : 0);
            scores.Add(own);
            states.Add(hidden);
        }

        return new TorchTrace([.. states], [.. scores], _head.Forward(pass, hidden));
    }
}
