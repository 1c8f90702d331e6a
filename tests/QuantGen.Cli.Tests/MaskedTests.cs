using System.Text.Json;

namespace QuantGen.Cli.Tests;

/// <summary>Masked language models on the command line.</summary>
public sealed class MaskedTests
{
    [Fact]
    public void Run_fills_every_mask_with_the_five_likeliest_pieces()
    {
        using var folder = new TemporaryFolder();
        string model = TinyCheckpoint.Write(folder.Path, "BertForMaskedLM");
        JsonElement[] masks = [.. Tool.Json("run", model, "--text", "the [MASK] is [MASK] good")[0].GetProperty("masks").EnumerateArray()];
        Assert.Equal(2, masks.Length);
        Assert.All(masks, words =>
        {
            double[] probabilities = [.. words.EnumerateArray().Select(word => word.GetProperty("probability").GetDouble())];
            Assert.Equal(5, probabilities.Length);
            Assert.Equal(probabilities.OrderDescending(), probabilities);
            Assert.All(words.EnumerateArray(), word => Assert.Contains(word.GetProperty("piece").GetString(), TinyCheckpoint.Vocabulary));
        });
        ToolResult refused = Tool.Run("run", model, "--text", "the film");
        Assert.Equal(2, refused.Code);
        Assert.Contains("[MASK]", refused.Error);
    }

    [Fact]
    public void Evaluate_hides_the_same_tokens_for_a_seed_whatever_the_batches_are()
    {
        using var folder = new TemporaryFolder();
        string model = TinyCheckpoint.Write(folder.Path, "BertForMaskedLM");
        string text = Path.Combine(folder.Path, "text.txt");
        File.WriteAllLines(text, Enumerable.Range(0, 30).Select(i => string.Join(' ', TinyCheckpoint.Words.Skip(i % 5).Take(2 + (i % 8)))));
        JsonElement first = Tool.Json("evaluate", model, "--text", text);
        JsonElement again = Tool.Json("evaluate", model, "--text", text, "--batch-tokens", "20");
        JsonElement other = Tool.Json("evaluate", model, "--text", text, "--seed", "1");
        Assert.Equal(first.GetRawText(), again.GetRawText());
        Assert.NotEqual(first.GetRawText(), other.GetRawText());
        Assert.Equal(30, first.GetProperty("rows").GetInt32());
        Assert.InRange(first.GetProperty("targets").GetInt32(), 30, 90);
        Assert.Equal(first.GetProperty("value").GetDouble(), Math.Exp(first.GetProperty("all").GetProperty("loss").GetDouble()), 1e-12);
        Assert.InRange(first.GetProperty("value").GetDouble(), 2, 2 * TinyCheckpoint.Vocabulary.Length);
    }

    [Fact]
    public void A_decoder_must_be_the_word_embedding_again()
    {
        using var folder = new TemporaryFolder();
        string model = TinyCheckpoint.Write(folder.Path, "BertForMaskedLM");
        string weights = Path.Combine(model, "model.safetensors");
        Copy(weights, "cls.predictions.decoder.weight", values => values);
        Tool.Json("run", model, "--text", "a [MASK]");
        Copy(weights, "cls.predictions.other", values => values);
        Assert.Contains("cls.predictions.other", Tool.Run("run", model, "--text", "a [MASK]").Error);
        TinyCheckpoint.Write(folder.Path, "BertForMaskedLM");
        Copy(weights, "cls.predictions.decoder.weight", values => [.. values.Select(value => 2 * value)]);
        Assert.Contains("a copy of 'embeddings.word_embeddings.weight'", Tool.Run("run", model, "--text", "a [MASK]").Error);
    }

    private static void Copy(string path, string name, Func<float[], float[]> change)
    {
        var writer = new Checkpoints.SafetensorsWriter();
        using (Checkpoints.Checkpoint checkpoint = Checkpoints.Checkpoint.Open(Path.GetDirectoryName(path)!))
        {
            foreach (string tensor in checkpoint.Tensors.Keys)
            {
                writer.AddFloats(tensor, [.. checkpoint.Tensors[tensor].Shape.Select(d => (int)d)], checkpoint.Read(tensor));
            }

            const string Words = "embeddings.word_embeddings.weight";
            writer.AddFloats(name, [.. checkpoint.Tensors[Words].Shape.Select(d => (int)d)], change(checkpoint.Read(Words)));
        }

        writer.Save(path);
    }
}
