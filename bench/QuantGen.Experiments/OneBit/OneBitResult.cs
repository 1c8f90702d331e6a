namespace QuantGen.Experiments.OneBit;

/// <summary>What one seed of a row came to.</summary>
/// <param name="Key">The row's key.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Teacher">The teacher's accuracy, or the perplexity of a masked language model.</param>
/// <param name="Value">The student's.</param>
/// <param name="Agreement">The share of rows that both answer alike; null where outputs are not kept.</param>
/// <param name="Divergence">The mean KL divergence from the teacher's answers, or null.</param>
/// <param name="Bytes">Bytes of the student's file.</param>
/// <param name="TeacherMs">Milliseconds of the teacher for 128 tokens.</param>
/// <param name="Milliseconds">Those of the student.</param>
/// <param name="Gigaflops">Operations of 128 tokens as papers count them, 10^9.</param>
internal sealed record OneBitResult(
    string Key, int Seed, double Teacher, double Value, double? Agreement, double? Divergence, long Bytes, double TeacherMs, double Milliseconds,
    double Gigaflops)
{
    /// <summary>Gets what was measured.</summary>
    public string Metric { get; init; } = "accuracy";

    /// <summary>Gets the accuracy of an ensemble's best member alone; null for other students, and where a run did not ask for it.</summary>
    public double? BestMember { get; init; }
}
