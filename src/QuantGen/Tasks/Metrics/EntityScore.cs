namespace QuantGen.Tasks;

/// <summary>How many entities were found.</summary>
/// <param name="Right">Entities that were found as they are.</param>
/// <param name="Found">Entities that were claimed.</param>
/// <param name="Wanted">Entities that there are.</param>
public readonly record struct EntityScore(int Right, int Found, int Wanted)
{
    /// <summary>Gets the share of claimed entities that are right; 0 where none was claimed.</summary>
    public double Precision => Found == 0 ? 0 : (double)Right / Found;

    /// <summary>Gets the share of all entities that were found; 0 where there is none.</summary>
    public double Recall => Wanted == 0 ? 0 : (double)Right / Wanted;

    /// <summary>Gets the harmonic mean of both, <c>2 right / (found + wanted)</c>; 0 where both are 0.</summary>
    public double F1 => Found + Wanted == 0 ? 0 : 2.0 * Right / (Found + Wanted);
}
