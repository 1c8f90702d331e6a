using QuantGen.Checkpoints;
using QuantGen.Cli.Conventions;
using QuantGen.Graph;
using QuantGen.Packed;
using QuantGen.Sentences;
using QuantGen.Specs;
using QuantGen.Tokenization;
using QuantGen.Training.PostTraining;

namespace QuantGen.Cli.Models;

/// <summary>A checkpoint directory: its weights, its dimensions and its tokenizer.</summary>
internal sealed class CheckpointModel : IDisposable
{
    private CheckpointModel(Checkpoint checkpoint, ModelConfig config)
    {
        Checkpoint = checkpoint;
        Config = config;
    }

    public Checkpoint Checkpoint { get; }

    public ModelConfig Config { get; }

    /// <summary>Opens a directory in the layout of Hugging Face.</summary>
    public static CheckpointModel Open(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw File.Exists(directory)
                ? new UsageException($"{directory} is a file, and a checkpoint is a directory")
                : new DirectoryNotFoundException($"{directory}: no such directory");
        }

        Checkpoint checkpoint = Checkpoint.Open(directory);
        try
        {
            return new CheckpointModel(checkpoint, ConfigFile.Parse(checkpoint.ConfigJson, Path.Combine(directory, "config.json")));
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>Reads what makes a model's hidden states a vector; null where the folder does not say, or the model has another head.</summary>
    public SentenceHead? OpenSentence(BertHead head) => head is BertHead.Encoder or BertHead.Embedding
        ? SentenceFolder.Read(Checkpoint.Directory, Config.HiddenSize, Config.MaxPositions)
        : null;

    /// <summary>Gets the labels a packed file of a model stores.</summary>
    public IReadOnlyList<string> LabelsFor(ModelSpec spec) =>
        spec.Head is BertHead.SequenceClassification or BertHead.TokenClassification ? [.. Config.Labels] : [];

    /// <summary>Gets what every packed file of a model takes over from the folder, however its codes are found.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="sentence">What makes its hidden states a vector; null for other heads.</param>
    public PostTrainingOptions OptionsFor(ModelSpec spec, SentenceHead? sentence) => new()
    {
        Tokenizer = OpenTokenizer(),
        Labels = LabelsFor(spec),
        OutputActivation = spec.Head == Config.Head ? Config.OutputActivation : OutputActivation.Usual,
        Sentence = sentence,
    };

    /// <summary>Makes the packed form of the checkpoint as it is.</summary>
    public PackedModel ToFullPrecision(BertHead? head, CancellationToken cancellation)
    {
        ModelSpec spec = ModelSpecs.FullPrecision(Config, head);
        return PostTrainingQuantizer.Quantize(Checkpoint, spec, OptionsFor(spec, OpenSentence(spec.Head)), cancellation).Builder.Build(Checkpoint.Directory);
    }

    /// <summary>Opens the tokenizer. It may have fewer tokens than the word embedding has rows.</summary>
    /// <exception cref="ModelFormatException">It has tokens without a row, or is no tokenizer.</exception>
    public BertTokenizer OpenTokenizer()
    {
        BertTokenizer tokenizer = BertTokenizer.FromDirectory(Checkpoint.Directory);
        return tokenizer.Vocabulary.Count <= Config.VocabularySize
            ? tokenizer
            : throw new ModelFormatException(
                Checkpoint.Directory, "vocabulary", FormattableString.Invariant($"at most {Config.VocabularySize} pieces, the vocab_size of config.json"),
                FormattableString.Invariant($"{tokenizer.Vocabulary.Count}"));
    }

    public void Dispose() => Checkpoint.Dispose();
}
