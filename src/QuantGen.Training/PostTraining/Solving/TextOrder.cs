using QuantGen.Training.Batching;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>The texts of every step: epochs of batches, in an order that depends on the seed only.</summary>
/// <param name="lengths">Tokens of every text.</param>
/// <param name="textsAtOnce">Texts of a step; the last step of an epoch may have fewer.</param>
/// <param name="seed">The seed.</param>
internal sealed class TextOrder(IReadOnlyList<int> lengths, int textsAtOnce, ulong seed)
{
    private readonly int _perEpoch = (lengths.Count + textsAtOnce - 1) / textsAtOnce;
    private readonly List<IReadOnlyList<int[]>> _epochs = [];

    /// <summary>Gets the texts of a step.</summary>
    public int[] At(int step)
    {
        (int epoch, int batch) = Math.DivRem(step, _perEpoch);
        while (_epochs.Count <= epoch)
        {
            _epochs.Add(BatchPlanner.Plan(lengths, textsAtOnce, seed, _epochs.Count));
        }

        return _epochs[epoch][batch];
    }
}
