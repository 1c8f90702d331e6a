using QuantGen.Cli.Measuring;

namespace QuantGen.Benchmarks.Engines;

/// <summary>The steps of one engine on one model.</summary>
/// <param name="Model">The model.</param>
/// <param name="Engine">The engine and its device.</param>
/// <param name="Tokens">Tokens of a step.</param>
/// <param name="Times">Its steps, in the order of the rounds.</param>
/// <param name="PlannedBytes">The memory that the steps were planned to take.</param>
internal sealed record EngineRow(string Model, string Engine, int Tokens, IReadOnlyList<StepTime> Times, long PlannedBytes)
{
    public double ForwardMs => Median(time => time.Forward);

    public double BackwardMs => Median(time => time.Backward);

    public double OptimizerMs => Median(time => time.Optimizer);

    public double ProcessorMs => Median(time => time.Processor);

    public double StepMs => Median(time => time.Step);

    /// <summary>Returns the median over the rounds of this engine's time divided by another's in the same round.</summary>
    public double RatioTo(EngineRow other, Func<StepTime, double> part) =>
        Measurement.Median([.. Times.Zip(other.Times, (mine, its) => part(mine) / part(its)).Order()]);

    private double Median(Func<StepTime, double> part) => Measurement.Median([.. Times.Select(part).Order()]);
}
