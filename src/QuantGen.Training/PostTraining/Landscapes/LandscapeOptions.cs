namespace QuantGen.Training.PostTraining.Landscapes;

/// <summary>Which landscapes are looked at, and how closely.</summary>
public sealed record LandscapeOptions
{
    /// <summary>Gets the models: 32 for full precision, else linear layers rounded to so many bits, 2 ternary and 1 binary. Default all three.</summary>
    public IReadOnlyList<int> Bits { get; init; } = [Defaults.FullPrecisionBits, 2, 1];

    /// <summary>Gets the points along each axis, an odd number from 3. Default 11, from -1 to 1 in steps of 0.2.</summary>
    public int Points { get; init; } = 11;

    /// <summary>Gets the most texts. Default 128.</summary>
    public int Texts { get; init; } = 128;

    /// <summary>Gets whether labels count, where a classifier's texts have some. Default true.</summary>
    public bool UsesLabels { get; init; } = true;

    /// <summary>Gets the most iterations of the search for each eigenvalue; 0 for no eigenvalues. Default 30.</summary>
    public int Iterations { get; init; } = 30;
}
