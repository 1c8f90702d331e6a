namespace QuantGen.Experiments;

/// <summary>What a run came to.</summary>
/// <param name="Key">The experiment's key.</param>
/// <param name="Row">The row of the table.</param>
/// <param name="Task">The checkpoint.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Metric">The metric's name.</param>
/// <param name="Teacher">The teacher's value.</param>
/// <param name="Before">After initialising the quantizers, before the first step.</param>
/// <param name="After">After training.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Curve">The loss over the steps, thinned.</param>
internal sealed record ExperimentResult(
    string Key, string Row, string Task, int Seed, string Metric, double Teacher, Measures Before, Measures After, double Seconds,
    IReadOnlyList<CurvePoint> Curve);
