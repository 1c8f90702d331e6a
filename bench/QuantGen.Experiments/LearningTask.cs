namespace QuantGen.Experiments;

/// <summary>A teacher and its data, below the folder of shared data.</summary>
/// <param name="Name">What tables call it, and the folder of its checkpoint.</param>
/// <param name="Train">The training file.</param>
/// <param name="Test">The file that is measured and never used to choose anything.</param>
/// <param name="MaxLength">Tokens to which texts are cut.</param>
internal sealed record LearningTask(string Name, string Train, string Test, int MaxLength)
{
    /// <summary>Gets whether the files are plain texts: no header, and many more lines than an evaluation needs.</summary>
    public bool IsText => Train.EndsWith(".txt", StringComparison.Ordinal);

    /// <summary>Gets the most lines of the test file that are measured.</summary>
    public int TestLines => IsText ? 1000 : int.MaxValue;

    public static LearningTask Trec { get; } = new("trec", "data/TREC/train.tsv", "data/TREC/test.tsv", 64);

    public static LearningTask Sst2 { get; } = new("sst2", "data/SST-2/train.tsv", "data/SST-2/dev.tsv", 64);

    public static LearningTask Sst2Albert { get; } = new("sst2-albert", "data/SST-2/train.tsv", "data/SST-2/dev.tsv", 64);

    public static LearningTask SotuMlm { get; } = new("sotu-mlm", "text/sotu-train.txt", "text/sotu-dev.txt", 64);

    /// <summary>Gets the checkpoint's folder.</summary>
    /// <param name="shared">The folder of shared data.</param>
    public string Teacher(string shared) => Path.Combine(shared, "models", Name);
}
