using Microsoft.ML.OnnxRuntime;

namespace QuantGen.Peers.Racing;

/// <summary>The inputs of one call of ONNX Runtime: texts that are padded to the longest of them.</summary>
internal sealed class PeerBatch : IDisposable
{
    private static readonly string[] s_names = ["input_ids", "token_type_ids", "attention_mask"];

    /// <summary>Makes the inputs.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="isMasked">Whether the graph wants to know which tokens are none.</param>
    public PeerBatch(IReadOnlyList<Sequence> texts, bool isMasked)
    {
        int length = texts.Max(text => text.Length);
        int[] ids = new int[texts.Count * length], types = new int[ids.Length], mask = new int[ids.Length];
        for (int i = 0; i < texts.Count; i++)
        {
            texts[i].Ids.CopyTo(ids, i * length);
            texts[i].Types.CopyTo(types, i * length);
            mask.AsSpan(i * length, texts[i].Length).Fill(1);
        }

        int[][] inputs = isMasked ? [ids, types, mask] : [ids, types];
        Names = s_names[..inputs.Length];
        Values = [.. inputs.Select(input => OrtValue.CreateTensorValueFromMemory(input, [texts.Count, length]))];
    }

    /// <summary>Gets the names of the inputs.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Gets the inputs.</summary>
    public IReadOnlyList<OrtValue> Values { get; }

    public void Dispose()
    {
        foreach (OrtValue value in Values)
        {
            value.Dispose();
        }
    }
}
