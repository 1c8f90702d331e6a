namespace QuantGen.Experiments.Studies;

/// <summary>A published method as options of <c>quantgen distill</c>.</summary>
/// <param name="Name">The papers' name.</param>
/// <param name="Options">Scheme and losses.</param>
internal sealed record Method(string Name, params string[] Options)
{
    public static Method Q8Bert { get; } = new("Q8BERT", "--scheme", "q8bert", "--loss", "gt");

    public static Method TernaryBert { get; } = new("TernaryBERT", "--scheme", "ternary", "--loss", "kd");

    public static Method Lsq { get; } = new("LSQ", "--scheme", "lsq", "--loss", "gt");

    public static Method LsqWithTeacher { get; } = new("LSQ + KD", "--scheme", "lsq", "--loss", "kd");

    public static Method Kdlsq { get; } = new("KDLSQ-BERT (LSQ + KD + ground truth)", "--scheme", "lsq", "--loss", "kd+gt");
}
