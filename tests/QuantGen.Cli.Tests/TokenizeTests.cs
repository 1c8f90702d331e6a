using System.Text.Json;

namespace QuantGen.Cli.Tests;

public sealed class TokenizeTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Gives_ids_pieces_and_offsets(bool isPacked)
    {
        JsonElement json = Tool.Json("tokenize", isPacked ? files.Packed : files.Checkpoint, "--text", "The films", "--pair", "good");
        JsonElement row = Assert.Single(json.EnumerateArray());
        Assert.Equal("The films", row.GetProperty("text").GetString());
        Assert.Equal([2, 10, 7, 15, 3, 5, 3], row.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()));
        Assert.Equal([0, 0, 0, 0, 0, 1, 1], row.GetProperty("type_ids").EnumerateArray().Select(id => id.GetInt32()));
        Assert.Equal(["[CLS]", "the", "film", "##s", "[SEP]", "good", "[SEP]"], row.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()));
        Assert.Equal([4, 8], row.GetProperty("offsets")[2].EnumerateArray().Select(position => position.GetInt32()));
    }

    [Fact]
    public void Reads_lines_of_standard_input()
    {
        ToolResult result = Tool.Run("good\nbad\tfilm\n", ["tokenize", files.Checkpoint, "--json"]);
        Assert.Equal(0, result.Code);
        using JsonDocument json = JsonDocument.Parse(result.Output);
        Assert.Equal(2, json.RootElement.GetArrayLength());
        Assert.Equal("film", json.RootElement[1].GetProperty("pair").GetString());
    }

    [Fact]
    public void Prints_a_table_for_each_text()
    {
        string text = Tool.Text("tokenize", files.Checkpoint, "--text", "fun", "--text", "@dull");
        Assert.Equal(2, text.Split("piece").Length - 1);
        Assert.Contains("dull", text);
    }
}
