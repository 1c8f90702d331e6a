namespace QuantGen.Training.PostTraining.Landscapes;

/// <summary>A model's loss where the value projections of its first two layers are shifted.</summary>
/// <param name="Name">Which model.</param>
/// <param name="Bits">Bits of its weights; 32 for full precision.</param>
/// <param name="Shares">The shifts, as shares of the mean magnitude of the shifted weights; ascending, 0 in the middle.</param>
/// <param name="Losses">The loss by the first layer's shift, then by the second's.</param>
/// <param name="Eigenvalues">The top eigenvalue of the loss's Hessian for the weights of each part of the layers, by the part's name.</param>
public sealed record LossSurface(
    string Name, int Bits, IReadOnlyList<double> Shares, IReadOnlyList<IReadOnlyList<double>> Losses,
    IReadOnlyDictionary<string, double> Eigenvalues)
{
    /// <summary>Gets the loss without a shift.</summary>
    public double Loss => Losses[Shares.Count / 2][Shares.Count / 2];

    /// <summary>Gets the losses along the first layer's shift, the second's being 0.</summary>
    public IReadOnlyList<double> First => [.. Losses.Select(row => row[Shares.Count / 2])];

    /// <summary>Gets the losses along the second layer's shift, the first's being 0.</summary>
    public IReadOnlyList<double> Second => Losses[Shares.Count / 2];

    /// <summary>Gets twice the square's factor of the parabola nearest to the losses along an axis.</summary>
    /// <param name="losses"><see cref="First"/> or <see cref="Second"/>.</param>
    public double Curvature(IReadOnlyList<double> losses)
    {
        ArgumentNullException.ThrowIfNull(losses);

        // Shifts are as far to one side as to the other, so that the slope has no part in it.
        double square = Shares.Average(x => x * x);
        double mean = losses.Average();
        double above = Shares.Zip(losses, (x, loss) => ((x * x) - square) * (loss - mean)).Sum();
        return 2 * above / Shares.Sum(x => ((x * x) - square) * ((x * x) - square));
    }
}
