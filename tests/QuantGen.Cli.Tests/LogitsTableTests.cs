namespace QuantGen.Cli.Tests;

/// <summary>No change of the code changes a model's numbers: packed again, models give the logits that <c>logits.tsv</c> has, bit by bit.</summary>
[Trait("Category", "Shared")]
public sealed class LogitsTableTests
{
    private const string Table = "tests/QuantGen.Cli.Tests/logits.tsv";

    public static TheoryData<string, string, string> Models
    {
        get
        {
            var rows = new TheoryData<string, string, string>();
            foreach (string[] row in File.ReadLines(Path.Combine(SharedFiles.Root, Table)).Where(line => line[0] != '#').Select(line => line.Split('\t')))
            {
                rows.Add(row[0], row[1], row[2]);
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Model_has_the_logits_of_the_table(string model, string command, string sha256)
    {
        using var folder = new TemporaryFolder();
        string checkpoint = SharedFiles.Path("models/" + model);
        string path = command == "checkpoint" ? checkpoint : Path.Combine(folder.Path, "model.qg.safetensors");
        if (path != checkpoint)
        {
            string[] words = command.Replace("{data}", SharedFiles.Path("data"), StringComparison.Ordinal).Split(' ');
            string[] source = words[0] == "distill" ? ["--teacher", checkpoint] : [checkpoint];
            ToolResult made = Tool.Run([words[0], .. source, .. words[1..], "-o", path, "--json"]);
            Assert.True(made.Code == 0, made.Error);
        }

        (string data, string[] length) = model == "trec" ? ("TREC/test.tsv", new[] { "--max-length", "64" }) : ("SST-2/dev.tsv", Array.Empty<string>());
        string found = Tool.Json(["evaluate", path, "--data", SharedFiles.Path("data/" + data), "--threads", "2", .. length])
            .GetProperty("logits_sha256").GetString()!;
        Assert.Equal(sha256, found);
    }
}
