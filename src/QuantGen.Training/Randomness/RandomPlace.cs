namespace QuantGen.Training.Randomness;

/// <summary>First parts of a <see cref="RandomSequence"/>'s place: what the numbers are for.</summary>
internal static class RandomPlace
{
    public const ulong EpochOrder = 1;
    public const ulong Masking = 2;
    public const ulong Weights = 3;
    public const ulong Vectors = 4;
    public const ulong Plans = 5;
    public const ulong Texts = 6;
    public const ulong Drawing = 7;
}
