using QuantGen.Trainable;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>The sum of word, token type and position embeddings.</summary>
/// <param name="words">The word embedding as the batch sees it.</param>
/// <param name="positions">The position embedding.</param>
/// <param name="types">The token type embedding; null for none.</param>
internal sealed class TorchEmbedding(WordTable words, DeviceParameter positions, DeviceParameter? types)
{
    /// <summary>Gets the word embedding.</summary>
    public WordTable Words => words;

    /// <summary>Computes (word + type) + position for every token.</summary>
    /// <param name="pass">The pass.</param>
    public Tensor Forward(TorchPass pass)
    {
        TrainingBatch batch = pass.Batch;
        long[] places =
        [
            .. Enumerable.Range(0, batch.SequenceCount).SelectMany(s => Enumerable.Range(0, batch.Starts[s + 1] - batch.Starts[s]))
            .Select(place => (long)place),
        ];
        Tensor sum = words.Values(pass).index_select(0, words.Places(pass));
        if (types is not null)
        {
            sum += types.In(pass).index_select(0, tensor(Array.ConvertAll(batch.Types, type => (long)type), device: pass.Device));
        }

        return sum + positions.In(pass).index_select(0, tensor(places, device: pass.Device));
    }
}
