using QuantGen.Checkpoints;
using QuantGen.Graph;

namespace QuantGen.Training.PostTraining;

/// <summary>A checkpoint's tensors, some of which have been replaced. Factors of residuals, which no checkpoint has, are 1 until they are.</summary>
/// <param name="checkpoint">Where all others are read from.</param>
internal sealed class WorkingWeights(Checkpoint checkpoint)
{
    private readonly Dictionary<string, float[]> _replaced = new(StringComparer.Ordinal);

    /// <summary>Gets the checkpoint.</summary>
    public Checkpoint Checkpoint => checkpoint;

    /// <summary>Gets what was replaced, by its name.</summary>
    public IReadOnlyDictionary<string, float[]> Replaced => _replaced;

    /// <summary>Copies this: tensors that are replaced later are replaced in the copy alone.</summary>
    public WorkingWeights Copy()
    {
        var copy = new WorkingWeights(checkpoint);
        foreach ((string name, float[] values) in _replaced)
        {
            copy._replaced.Add(name, values);
        }

        return copy;
    }

    /// <summary>Replaces a tensor; the array is kept and must not change.</summary>
    public void Replace(string name, float[] values) => _replaced[name] = values;

    /// <summary>Reads a tensor; what is returned belongs to the caller.</summary>
    public float[] Read(string name) => _replaced.TryGetValue(name, out float[]? values) ? [.. values] : checkpoint.Read(name);

    /// <summary>Reads a tensor into memory that is there already.</summary>
    public void Read(string name, Span<float> target)
    {
        if (_replaced.TryGetValue(name, out float[]? values))
        {
            values.CopyTo(target);
        }
        else if (name.EndsWith(NormNode.FactorsEnd, StringComparison.Ordinal))
        {
            target.Fill(1f);
        }
        else
        {
            checkpoint.Read(name, target);
        }
    }
}
