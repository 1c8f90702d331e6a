using System.Text.Json;

namespace QuantGen.Tests.Tokenization;

public sealed class TokenizerEnvironmentTests
{
    [Theory]
    [InlineData("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "0")]
    [InlineData("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1")]
    [InlineData("DOTNET_EnableHWIntrinsic", "0")]
    public void Ids_depend_neither_on_icu_nor_on_instruction_sets(string variable, string value)
    {
        using var folder = new TemporaryFolder();
        folder.Write("vocab.txt", TinyVocabulary.Lines);
        folder.Write("rows.json", JsonSerializer.Serialize(new object[]
        {
            new
            {
                text = "CAFÉ cafe\u0301s İ", ids = new[] { 2, 15, 15, 16, 24, 3 }, type_ids = new int[6],
                offsets = new[] { Range(0, 0), Range(0, 4), Range(5, 9), Range(10, 11), Range(12, 13), Range(0, 0) },
            },
            new
            {
                text = "한", pair = "😀.", ids = new[] { 2, 26, 27, 28, 3, 32, 17, 3 }, type_ids = new[] { 0, 0, 0, 0, 0, 1, 1, 1 },
                offsets = new[] { Range(0, 0), Range(0, 1), Range(0, 1), Range(0, 1), Range(0, 0), Range(0, 1), Range(1, 2), Range(0, 0) },
            },
        }));
        var environment = new Dictionary<string, string> { [variable] = value };

        string output = ProbeProcess.Run(
            environment, "tokenize-shared", Path.Combine(folder.Path, "vocab.txt"), "lower", Path.Combine(folder.Path, "rows.json"));

        Assert.EndsWith("rows=2 different=0", output.Trim(), StringComparison.Ordinal);
        Assert.True(value == "0" || output.StartsWith("invariant=True", StringComparison.Ordinal), output);
    }

    private static int[] Range(int start, int end) => [start, end];
}
