using QuantGen.Experiments.PostTraining;

namespace QuantGen.Experiments.OneBit;

/// <summary>One row of the table: a way to train a student of one bit from a teacher, with its seeds.</summary>
/// <param name="Teacher">The teacher.</param>
/// <param name="Method">What the table calls the way.</param>
/// <param name="Options">Options of <c>quantgen distill</c>.</param>
/// <param name="Seeds">What order and dropout depend on.</param>
internal sealed record OneBitRow(CalibratedModel Teacher, string Method, IReadOnlyList<string> Options, IReadOnlyList<int> Seeds)
{
    /// <summary>Gets what tells the row from every other, so that a later run finds its results.</summary>
    public string Key => string.Join(' ', [Teacher.Name, .. Options]);

    /// <summary>Gets what a subset of rows is chosen by.</summary>
    public string Name => $"{Teacher.Name} {Method}";
}
