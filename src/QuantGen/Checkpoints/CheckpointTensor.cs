namespace QuantGen.Checkpoints;

/// <summary>Describes one tensor of a checkpoint under its canonical name.</summary>
public sealed class CheckpointTensor
{
    internal CheckpointTensor(string name, IWeightFile file, SafetensorsTensor source)
    {
        Name = name;
        File = file;
        Source = source;
    }

    /// <summary>Gets the canonical name, the same for BERT and ALBERT.</summary>
    public string Name { get; }

    /// <summary>Gets the name the checkpoint's file uses.</summary>
    public string SourceName => Source.Name;

    /// <summary>Gets the element type.</summary>
    public SafetensorsDType DType => Source.DType;

    /// <summary>Gets the dimensions, outermost first.</summary>
    public IReadOnlyList<long> Shape => Source.Shape;

    /// <summary>Gets the length in bytes.</summary>
    public long Length => Source.Length;

    internal IWeightFile File { get; }

    internal SafetensorsTensor Source { get; }
}
