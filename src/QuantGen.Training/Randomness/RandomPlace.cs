namespace QuantGen.Training.Randomness;

/// <summary>First parts of a <see cref="RandomSequence"/>'s place: what the numbers are for.</summary>
internal static class RandomPlace
{
    public const ulong EpochOrder = 1;
    public const ulong Masking = 2;
    public const ulong Weights = 3;
}
