using QuantGen.Checkpoints;

namespace QuantGen.Cli.Tests;

/// <summary>A tiny sentence encoder in the layout of sentence-transformers, and pairs and texts for it.</summary>
internal static class SentenceEncoderFolder
{
    /// <summary>The weights of the dense layer, <c>[5, 32]</c>.</summary>
    public static float[] DenseWeights { get; } = [.. Enumerable.Range(0, 5 * 32).Select(i => ((i * 7 % 13) - 6) / 13f)];

    /// <summary>The biases of the dense layer.</summary>
    public static float[] DenseBiases { get; } = [0.1f, -0.2f, 0.3f, 0, 0.5f];

    /// <summary>Writes the files.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="mode">The key of the pooling that is true.</param>
    /// <param name="isNormalized">Whether there is a module that normalizes.</param>
    /// <param name="hasDense">Whether there is a dense layer with tanh.</param>
    /// <param name="length">The length to which texts are cut.</param>
    public static string Write(string directory, string mode = "pooling_mode_mean_tokens", bool isNormalized = true, bool hasDense = false, int length = 16)
    {
        TinyCheckpoint.Write(directory, "BertModel");
        List<(string Type, string Path)> modules = [("Transformer", string.Empty), ("Pooling", "1_Pooling")];
        string others = mode == "pooling_mode_mean_tokens" ? string.Empty : "\"pooling_mode_mean_tokens\": false, ";
        Save(directory, "1_Pooling/config.json", $$"""{ "word_embedding_dimension": 32, {{others}}"{{mode}}": true }""");
        if (hasDense)
        {
            modules.Add(("Dense", "2_Dense"));
            Save(directory, "2_Dense/config.json", """
                { "in_features": 32, "out_features": 5, "bias": true, "activation_function": "torch.nn.modules.activation.Tanh" }
                """);
            var writer = new SafetensorsWriter();
            writer.AddFloats("linear.weight", [5, 32], DenseWeights);
            writer.AddFloats("linear.bias", [5], DenseBiases);
            writer.Save(Path.Combine(directory, "2_Dense", "model.safetensors"));
        }

        if (isNormalized)
        {
            modules.Add(("Normalize", "3_Normalize"));
        }

        Save(directory, "modules.json", "[" + string.Join(", ", modules.Select((module, i) =>
            $$"""{ "idx": {{i}}, "name": "{{i}}", "path": "{{module.Path}}", "type": "sentence_transformers.models.{{module.Type}}" }""")) + "]");
        Save(directory, "sentence_bert_config.json", $$"""{ "max_seq_length": {{length}}, "do_lower_case": false }""");
        Save(directory, "config_sentence_transformers.json", """{ "prompts": { "query": "the film " } }""");
        return directory;
    }

    /// <summary>Writes texts, one a line.</summary>
    public static string WriteLines(string path, int count = 60)
    {
        var random = new Random(7);
        File.WriteAllLines(path, Enumerable.Range(0, count).Select(_ => Text(random, random.Next(2, 12))));
        return path;
    }

    /// <summary>Writes pairs with a score: the share of words that they have in common.</summary>
    public static string WritePairs(string path, int count = 40)
    {
        var random = new Random(8);
        IEnumerable<string> rows = Enumerable.Range(0, count).Select(i =>
        {
            (string first, string second) = (Text(random, 6), Text(random, 6));
            int common = first.Split(' ').Intersect(second.Split(' ')).Count();
            return FormattableString.Invariant($"{first}\t{second}\t{common + (i / 100.0)}");
        });
        File.WriteAllLines(path, rows.Prepend("sentence1\tsentence2\tlabel"));
        return path;
    }

    private static string Text(Random random, int words) =>
        string.Join(' ', Enumerable.Range(0, words).Select(_ => TinyCheckpoint.Words[random.Next(TinyCheckpoint.Words.Length)]));

    private static void Save(string directory, string file, string text)
    {
        string path = Path.Combine(directory, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
