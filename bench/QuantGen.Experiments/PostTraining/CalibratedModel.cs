namespace QuantGen.Experiments.PostTraining;

/// <summary>A checkpoint with the texts it is calibrated on and the file it is measured on, below the folder of shared data.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Checkpoint">Its folder.</param>
/// <param name="Train">The file whose texts are drawn from; labels and scores are not used.</param>
/// <param name="Test">The file that is measured and never used to choose anything.</param>
internal sealed record CalibratedModel(string Name, string Checkpoint, string Train, string Test)
{
    /// <summary>Gets whether both texts of a row stand alone, as those of a sentence encoder do.</summary>
    public bool HasSentences { get; init; }

    /// <summary>Gets the options of <c>quantgen train</c> that make the model of its checkpoint; empty where the checkpoint is the model.</summary>
    public IReadOnlyList<string> Training { get; init; } = [];

    public static CalibratedModel MiniLm { get; } =
        new("all-MiniLM-L6-v2", "models/all-MiniLM-L6-v2", "data/STS-B/train.tsv", "data/STS-B/dev.tsv") { HasSentences = true };

    public static CalibratedModel Trec { get; } = new("trec", "models/trec", "data/TREC/train.tsv", "data/TREC/test.tsv");

    /// <summary>Gets the published encoder with a classifier's head, trained on questions.</summary>
    public static CalibratedModel MiniLmTrec { get; } =
        Trec with { Name = "minilm-trec", Checkpoint = MiniLm.Checkpoint, Training = ["--epochs", "3", "--seed", "1"] };

    /// <summary>Gets the published encoder with a classifier's head, trained to tell whether a sentence is grammatical.</summary>
    public static CalibratedModel MiniLmCola { get; } = MiniLmTrec with
    {
        Name = "minilm-cola", Train = "data/CoLA/train.tsv", Test = "data/CoLA/dev.tsv",
    };

    public static CalibratedModel Sst2 { get; } = new("sst2", "models/sst2", "data/SST-2/train.tsv", "data/SST-2/dev.tsv");

    /// <summary>Gets the masked language model of addresses; its metric is perplexity.</summary>
    public static CalibratedModel SotuMlm { get; } = new("sotu-mlm", "models/sotu-mlm", "text/sotu-train.txt", "text/sotu-dev.txt");
}
