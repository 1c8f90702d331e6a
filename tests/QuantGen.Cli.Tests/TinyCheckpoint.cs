using QuantGen.Architectures;
using QuantGen.Checkpoints;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Cli.Tests;

/// <summary>Writes a checkpoint of a few thousand random weights in the layout of Hugging Face.</summary>
internal static class TinyCheckpoint
{
    public static readonly string[] Words = ["good", "bad", "film", "plot", "a", "the", "is", "not", "very", "dull", "##s", "##ly", "fun", "."];

    public static string[] Vocabulary => ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Words];

    /// <summary>Writes the files.</summary>
    /// <param name="directory">The folder; made if it is not there.</param>
    /// <param name="architecture">What <c>architectures</c> says, such as <c>BertForSequenceClassification</c>.</param>
    /// <param name="labels">Labels of the head.</param>
    /// <returns>The folder.</returns>
    public static string Write(string directory, string architecture = "BertForSequenceClassification", params string[] labels) =>
        Write(directory, Vocabulary.Length, architecture, labels);

    /// <summary>Writes the files, with a word embedding of more rows than there are pieces.</summary>
    public static string Write(string directory, int rows, string architecture, params string[] labels)
    {
        labels = labels.Length == 0 ? ["negative", "positive"] : labels;
        Directory.CreateDirectory(directory);
        string config = Config(architecture, labels, rows);
        File.WriteAllText(Path.Combine(directory, "config.json"), config);
        File.WriteAllText(Path.Combine(directory, "vocab.txt"), string.Join('\n', Vocabulary) + "\n");
        var issues = new List<SpecIssue>();
        ModelConfig dimensions = ModelConfigReader.Read(config, "config.json", issues)!;
        Assert.Empty(issues);
        Weights(Models.ModelSpecs.FullPrecision(dimensions, null)).Save(Path.Combine(directory, "model.safetensors"));
        return directory;
    }

    /// <summary>Writes a data set in which the label is the first of two classes when the sentence has few words.</summary>
    public static string WriteData(string path, int rows = 40, bool isRegression = false)
    {
        var random = new Random(5);
        IEnumerable<string> lines = Enumerable.Range(0, rows).Select(_ =>
        {
            int length = random.Next(2, 12);
            string sentence = string.Join(' ', Enumerable.Range(0, length).Select(_ => Words[random.Next(Words.Length)]));
            return isRegression ? FormattableString.Invariant($"{sentence}\t{length / 4.0}") : $"{sentence}\t{(length > 6 ? 1 : 0)}";
        });
        File.WriteAllText(path, "sentence\tlabel\n" + string.Join('\n', lines) + "\n");
        return path;
    }

    private static string Config(string architecture, string[] labels, int rows)
    {
        bool isAlbert = architecture.StartsWith("Albert", StringComparison.Ordinal);
        string map = string.Join(", ", labels.Select((label, i) => $"\"{i}\": \"{label}\""));
        return $$"""
            {
              "architectures": ["{{architecture}}"], "model_type": "{{(isAlbert ? "albert" : "bert")}}",
              "vocab_size": {{rows}}, "hidden_size": 32, {{(isAlbert ? "\"embedding_size\": 16," : "")}} "num_hidden_layers": 2,
              "num_attention_heads": 2, "intermediate_size": 64, "max_position_embeddings": 24, "type_vocab_size": 2,
              "hidden_act": "gelu", "layer_norm_eps": 1e-12, "id2label": { {{map}} }
            }
            """;
    }

    private static SafetensorsWriter Weights(ModelSpec spec)
    {
        var random = new Random(1);
        var writer = new SafetensorsWriter();
        foreach (TensorSpec tensor in PackedLayout.Checkpoint(spec))
        {
            bool isGain = tensor.Name.EndsWith("LayerNorm.weight", StringComparison.Ordinal);
            float[] values = new float[tensor.Count];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (isGain ? 1 : 0) + (0.4f * (random.NextSingle() - 0.5f));
            }

            writer.AddFloats(tensor.Name, [.. tensor.Shape], values);
        }

        return writer;
    }
}
