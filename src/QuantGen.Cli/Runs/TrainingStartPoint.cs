using System.Text.Json;
using QuantGen.Checkpoints;
using QuantGen.Cli.Models;
using QuantGen.Graph;
using QuantGen.Sentences;
using QuantGen.Tokenization;

namespace QuantGen.Cli.Runs;

/// <summary>What a training starts from: a checkpoint, or dimensions and a vocabulary.</summary>
internal sealed class TrainingStartPoint : IDisposable
{
    private readonly CheckpointModel? _checkpoint;

    private TrainingStartPoint(CheckpointModel? checkpoint, ModelConfig config, string configJson, BertTokenizer tokenizer)
    {
        _checkpoint = checkpoint;
        Config = config;
        ConfigJson = configJson;
        Tokenizer = tokenizer;
        using JsonDocument document = JsonDocument.Parse(configJson);
        NamesLabels = document.RootElement.TryGetProperty("id2label", out _) || document.RootElement.TryGetProperty("num_labels", out _);
        HiddenDropout = Share(document.RootElement, "hidden_dropout_prob");
        AttentionDropout = Share(document.RootElement, "attention_probs_dropout_prob");
    }

    public Checkpoint? Checkpoint => _checkpoint?.Checkpoint;

    public ModelConfig Config { get; }

    /// <summary>Gets whether the checkpoint is a sentence encoder: it has no outputs, and its vectors are what is wanted.</summary>
    public bool IsSentenceEncoder => Config.Head is BertHead.Encoder or BertHead.Embedding;

    /// <summary>Gets whether any number of the checkpoint's labels may hold for a text.</summary>
    public bool HasManyLabels => Config is { Head: BertHead.SequenceClassification, OutputActivation: OutputActivation.Sigmoid };

    /// <summary>Reads what makes the checkpoint's hidden states a vector; null where its folder does not say.</summary>
    public SentenceHead? OpenSentence() => _checkpoint?.OpenSentence(Config.Head);

    public string ConfigJson { get; }

    public BertTokenizer Tokenizer { get; }

    /// <summary>Gets whether the configuration says which labels there are, rather than leaving them to a default.</summary>
    public bool NamesLabels { get; }

    /// <summary>Gets the share of hidden values that the configuration lets dropout clear.</summary>
    public double? HiddenDropout { get; }

    /// <summary>Gets the share of attention probabilities that the configuration lets dropout clear.</summary>
    public double? AttentionDropout { get; }

    /// <summary>Opens a checkpoint.</summary>
    public static TrainingStartPoint Open(string directory)
    {
        CheckpointModel checkpoint = CheckpointModel.Open(directory);
        try
        {
            return new TrainingStartPoint(checkpoint, checkpoint.Config, checkpoint.Checkpoint.ConfigJson, checkpoint.OpenTokenizer());
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>Reads dimensions and a vocabulary of at most as many pieces as they say.</summary>
    /// <exception cref="InvalidDataException">The vocabulary is larger.</exception>
    public static TrainingStartPoint Read(string configFile, string vocabularyFile, bool isCased)
    {
        string json = File.ReadAllText(configFile);
        ModelConfig config = ConfigFile.Parse(json, configFile);
        var options = new TokenizerOptions { LowerCase = !isCased };
        BertTokenizer tokenizer = BertTokenizer.FromVocabulary(File.ReadAllBytes(vocabularyFile), options, vocabularyFile);
        return tokenizer.Vocabulary.Count <= config.VocabularySize
            ? new TrainingStartPoint(null, config, json, tokenizer)
            : throw new InvalidDataException(FormattableString.Invariant(
                $"{vocabularyFile}: expected at most {config.VocabularySize} pieces, the vocab_size of {configFile}, found {tokenizer.Vocabulary.Count}"));
    }

    public void Dispose() => _checkpoint?.Dispose();

    private static double? Share(JsonElement config, string key) =>
        config.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.GetDouble() is >= 0 and < 1 and double share
            ? share
            : null;
}
