using QuantGen.Execution;

namespace QuantGen.Cli.Measuring;

/// <summary>What a pass spends on one class of operators.</summary>
/// <param name="Operator">The class; null for the whole pass.</param>
/// <param name="Milliseconds">Time of a pass, averaged over its threads.</param>
/// <param name="Share">Part of the whole pass, 0 to 1.</param>
/// <param name="MultiplyAdds">Multiply-adds of a pass, by all threads.</param>
/// <param name="GmacsPerSecond">Multiply-adds of a thread while it is in this class, 10^9 per second; null where nothing is multiplied.</param>
/// <param name="RooflineGmacsPerSecond">What the multiply instructions of these kernels alone reach; null where nothing is multiplied.</param>
internal sealed record OperatorRow(
    OperatorClass? Operator, double Milliseconds, double Share, long MultiplyAdds, double? GmacsPerSecond, double? RooflineGmacsPerSecond)
{
    /// <summary>Gets the part of the roofline that is reached.</summary>
    public double? Reached => GmacsPerSecond / RooflineGmacsPerSecond;
}
