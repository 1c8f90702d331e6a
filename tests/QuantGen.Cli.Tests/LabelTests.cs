using System.Text.Json;

namespace QuantGen.Cli.Tests;

/// <summary>What labels and files of data are taken for.</summary>
public sealed class LabelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Minus_one_and_one_are_two_classes()
    {
        string plain = TinyCheckpoint.Write(At("plain"), "BertModel");
        string config = Path.Combine(plain, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace(", \"id2label\": { \"0\": \"negative\", \"1\": \"positive\" }", string.Empty));
        string indexes = TinyCheckpoint.WriteData(At("indexes.tsv"));
        string signs = Signs(indexes);
        (string one, string other) = (At("one"), At("other"));
        Tool.Json("train", "--from", plain, "--data", indexes, "--eval-data", indexes, "-o", one, "--epochs", "2");
        string told = Tool.Text("train", "--from", plain, "--data", signs, "--eval-data", signs, "-o", other, "--epochs", "2");
        Assert.Contains("labels -1, 1 are the classes -1, 1", told);
        Assert.Equal(File.ReadAllBytes(Path.Combine(one, "model.safetensors")), File.ReadAllBytes(Path.Combine(other, "model.safetensors")));
        Assert.Equal(["-1", "1"], Tool.Json("inspect", other).GetProperty("labels").EnumerateArray().Select(label => label.GetString()));

        double accuracy = Tool.Json("evaluate", one, "--data", indexes).GetProperty("value").GetDouble();
        JsonElement result = Tool.Json("evaluate", other, "--data", signs);
        Assert.Equal(("accuracy", accuracy), (result.GetProperty("metric").GetString(), result.GetProperty("value").GetDouble()));
        File.WriteAllText(At("zero.tsv"), "sentence\tlabel\nfun\t0\n");
        Tool.Run("evaluate", other, "--data", At("zero.tsv")).AssertFails(1, "zero.tsv:2: expected a label of -1, 1, the classes of this model, found '0'");
    }

    [Fact]
    public void Classes_with_other_names_are_these_in_ascending_order()
    {
        string checkpoint = TinyCheckpoint.Write(At("named"));
        string indexes = TinyCheckpoint.WriteData(At("indexes.tsv"));
        string signs = Signs(indexes);
        Assert.Equal(Tool.Json("evaluate", checkpoint, "--data", indexes).GetRawText(), Tool.Json("evaluate", checkpoint, "--data", signs).GetRawText());
        string text = Tool.Text("train", "--from", checkpoint, "--data", signs, "-o", At("out"), "--max-steps", "1");
        Assert.Contains("labels -1, 1 are the classes negative, positive", text);
    }

    [Fact]
    public void One_label_is_nothing_to_learn_from()
    {
        string plain = TinyCheckpoint.Write(At("plain"), "BertModel");
        string config = Path.Combine(plain, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace(", \"id2label\": { \"0\": \"negative\", \"1\": \"positive\" }", string.Empty));
        File.WriteAllText(At("zeros.tsv"), "sentence\tlabel\nfun\t0\ndull\t0\n");
        Tool.Run("train", "--from", plain, "--data", At("zeros.tsv"), "-o", At("out")).AssertFails(2, "zeros.tsv has one label only");
    }

    [Fact]
    public void Words_with_tags_are_no_lines_of_text()
    {
        string checkpoint = TinyCheckpoint.Write(At("checkpoint"), "BertModel");
        File.WriteAllText(At("train.txt"), "-DOCSTART- -X- -X- O\n\nthe DT B-NP O\nfilm NN I-NP B-MISC\n. . O O\n\nfun NN B-NP O\n");
        Assert.Contains("2 labels from the data", Tool.Text("train", "--from", checkpoint, "--data", At("train.txt"), "-o", At("out"), "--max-steps", "1"));
        Assert.Equal("token_classification", Tool.Json("inspect", At("out")).GetProperty("head").GetString());
    }

    [Fact]
    public void A_head_is_not_exchanged_for_that_of_a_masked_language_model()
    {
        string checkpoint = TinyCheckpoint.Write(At("tagger"), "BertForTokenClassification");
        File.WriteAllText(At("lines.txt"), "the film is fun\na very dull plot\n");
        Tool.Run("train", "--from", checkpoint, "--data", At("lines.txt"), "-o", At("out"))
            .AssertFails(2, "this checkpoint has the head token_classification; to train on text use pretrain");
    }

    private string Signs(string indexes)
    {
        string path = At("signs.tsv");
        File.WriteAllText(path, File.ReadAllText(indexes).Replace("\t0\n", "\t-1\n"));
        return path;
    }

    private string At(string name) => Path.Combine(_folder.Path, name);
}
