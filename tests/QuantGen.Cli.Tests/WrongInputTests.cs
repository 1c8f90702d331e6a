using System.Text;

namespace QuantGen.Cli.Tests;

/// <summary>Messages say what was given, and not what it looks like when it is taken for something else.</summary>
public sealed class WrongInputTests : IDisposable
{
    private const string Pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0123456789abcdef\nsize 90868376\n";
    private readonly TemporaryFolder _folder = new();
    private readonly string _checkpoint;
    private readonly string _data;

    public WrongInputTests()
    {
        _checkpoint = TinyCheckpoint.Write(At("checkpoint"));
        _data = TinyCheckpoint.WriteData(At("data.tsv"));
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("config.json")]
    [InlineData("vocab.txt")]
    [InlineData("tokenizer_config.json")]
    public void Pointer_of_git_lfs_is_named(string name)
    {
        File.WriteAllText(Path.Combine(_checkpoint, name), Pointer);
        Tool.Run("run", _checkpoint, "--text", "a").AssertFails(1, $"{name}: expected");
        Tool.Run("run", _checkpoint, "--text", "a").AssertFails(1, "found a git-lfs pointer instead of the file itself; 'git lfs pull' fetches it");
    }

    [Fact]
    public void Packed_file_that_is_a_pointer_or_a_page_is_named()
    {
        string packed = At("model.qg.safetensors");
        File.WriteAllText(packed, Pointer);
        Tool.Run("run", packed, "--text", "a").AssertFails(1, "git-lfs pointer");
        File.WriteAllText(packed, "<!DOCTYPE html><html><body>not found</body></html>");
        Tool.Run("run", packed, "--text", "a").AssertFails(1, "an HTML page");
    }

    [Theory]
    [InlineData("run CHECKPOINT/model.safetensors --text a", "is a file of a checkpoint; give its directory, CHECKPOINT")]
    [InlineData("run CHECKPOINT/config.json --text a", "is a file of a checkpoint; give its directory, CHECKPOINT")]
    [InlineData("quantize DATA -o x --bits 8", "DATA is a file, and a checkpoint is a directory")]
    [InlineData("train --from DATA --data DATA -o x", "--from takes a directory, and DATA is a file")]
    [InlineData("distill --teacher DATA --data DATA -o x --bits 2", "--teacher takes a directory, and DATA is a file")]
    [InlineData("train --config CHECKPOINT --vocabulary CHECKPOINT --data DATA -o x", "--config takes a file, and CHECKPOINT is a directory")]
    [InlineData("evaluate CHECKPOINT --data CHECKPOINT", "--data takes a file, and CHECKPOINT is a directory")]
    [InlineData("evaluate CHECKPOINT --text CHECKPOINT", "--text takes a file, and CHECKPOINT is a directory")]
    [InlineData("quantize CHECKPOINT -o x --bits 8 --calibration CHECKPOINT", "--calibration takes a file, and CHECKPOINT is a directory")]
    [InlineData("quantize CHECKPOINT -o x --bits 8 --plan CHECKPOINT", "--plan takes a file, and CHECKPOINT is a directory")]
    [InlineData("vocabulary --data CHECKPOINT --size 50 -o x", "--data takes a file, and CHECKPOINT is a directory")]
    public void Directory_and_file_are_not_mistaken_for_each_other(string command, string message) =>
        Tool.Run([.. command.Split(' ').Select(Resolve)]).AssertFails(2, Resolve(message));

    [Theory]
    [InlineData(false, true, "data.tsv")]
    [InlineData(true, true, "data.tsv")]
    [InlineData(false, false, "data.tsv")]
    [InlineData(false, true, "questions.json")]
    public void Data_in_UTF_16_is_named(bool bigEndian, bool mark, string name)
    {
        var encoding = new UnicodeEncoding(bigEndian, mark);
        string path = At(name);
        File.WriteAllText(path, name.EndsWith("json", StringComparison.Ordinal) ? "{\"data\": []}" : "sentence\tlabel\nfun\t1\n", encoding);
        Tool.Run("evaluate", _checkpoint, "--data", path).AssertFails(1, $"{name}: expected UTF-8 text, found UTF-16 text; save it as UTF-8");
    }

    [Fact]
    public void Regression_with_two_outputs_is_named()
    {
        Change("\"model_type\"", "\"problem_type\": \"regression\", \"model_type\"");
        Tool.Run("run", _checkpoint, "--text", "a").AssertFails(1, "name one output where 'problem_type' is 'regression', and it names 2");
    }

    [Theory]
    [InlineData("{ \"0\": 0, \"1\": 1 }", "0", "1")]
    [InlineData("{ \"0\": -1, \"1\": 2.5 }", "-1", "2.5")]
    [InlineData("[\"no\", \"yes\"]", "no", "yes")]
    [InlineData("[3, 4]", "3", "4")]
    public void Labels_may_be_numbers_or_a_list(string map, params string[] labels)
    {
        Change("{ \"0\": \"negative\", \"1\": \"positive\" }", map);
        Assert.Contains(Tool.Json("run", _checkpoint, "--text", "a")[0].GetProperty("label").GetString(), labels);
    }

    [Theory]
    [InlineData("run CHECKPOINT --text a")]
    [InlineData("quantize CHECKPOINT -o OUT --bits 4")]
    [InlineData("train --from CHECKPOINT --data DATA -o OUT")]
    [InlineData("distill --teacher CHECKPOINT --data DATA -o OUT --bits 2")]
    public void Weight_that_is_no_number_is_named(string command)
    {
        string path = Path.Combine(_checkpoint, "model.safetensors");
        byte[] bytes = File.ReadAllBytes(path);
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - 4), float.NaN);
        File.WriteAllBytes(path, bytes);
        Tool.Run([.. command.Split(' ').Select(Resolve)]).AssertFails(1, "expected finite numbers, found NaN at element ");
    }

    private void Change(string from, string to)
    {
        string config = Path.Combine(_checkpoint, "config.json");
        string text = File.ReadAllText(config);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(config, text.Replace(from, to, StringComparison.Ordinal));
    }

    private string At(string name) => Path.Combine(_folder.Path, name);

    private string Resolve(string text) => text.Replace("CHECKPOINT", _checkpoint).Replace("DATA", _data).Replace("OUT", At("out"));
}
