using QuantGen.Checkpoints;

namespace QuantGen.Peers.Graphs;

/// <summary>Reads weights of a checkpoint.</summary>
/// <param name="checkpoint">The checkpoint, which stays open as long as weights are asked for.</param>
internal sealed class CheckpointWeights(Checkpoint checkpoint) : IWeightSource
{
    public float[] Get(string name, int count)
    {
        float[] values = checkpoint.Read(name);
        return values.Length == count
            ? values
            : throw new InvalidDataException(FormattableString.Invariant($"{name} has {values.Length} values, and the graph needs {count}"));
    }
}
