using QuantGen.Graph;
using QuantGen.Specs;
using static QuantGen.Tests.Specs.SpecBuilderTests;

namespace QuantGen.Tests.Specs;

public sealed class SpecFileTests
{
    private static readonly ModelSpec s_model = Build(
        new ModelConfig { Layers = 1, HiddenSize = 4, EmbeddingSize = 4, Heads = 2, IntermediateSize = 8, VocabularySize = 20, MaxPositions = 16 },
        new SpecOptions { Bits = 3, Head = BertHead.TokenClassification, MaxSequenceLength = 16, LabelCount = 2 });

    private static readonly SpecFile s_file = new(s_model, new EquatableArray<string>(["a \"b\"", "\u00e9\n"]), new Recipe { Scheme = Scheme.Ternary });

    [Fact]
    public void A_file_is_written_and_read_back()
    {
        string text = s_file.Write();
        Assert.StartsWith("{\n  \"spec\": {\n    \"architecture\": \"bert\",\n", text, StringComparison.Ordinal);
        Assert.EndsWith("  \"recipe\": {\"scheme\":\"ternary\",\"clipping\":\"mse\"}\n}\n", text, StringComparison.Ordinal);
        Assert.Equal(s_file, SpecFile.Read(text));
        SpecFile bare = s_file with { Labels = default, Recipe = null };
        Assert.Equal(bare, SpecFile.Read(bare.Write()));
    }

    [Fact]
    public void White_space_and_order_are_free()
    {
        string text = s_file.Write();
        Assert.Equal(s_file, SpecFile.Read(text.Replace("\n", "\r\n", StringComparison.Ordinal)));
        Assert.Equal(s_file,
            SpecFile.Read(text.Replace("\"layers\": 1,", string.Empty, StringComparison.Ordinal).Replace("\"outputs\": 2,", "\"outputs\": 2, \"layers\": 1,",
            StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("\"spec\"", "\"model\"")]
    [InlineData("\"layers\": 1,", "\"layers\": 0,")]
    [InlineData("\"layers\": 1,", "\"layers\": 1, \"more\": 1,")]
    [InlineData("\"labels\": [", "\"labels\": [\"c\", ")]
    [InlineData("\"labels\": [", "\"labels\": [1, ")]
    [InlineData("\"recipe\"", "\"plan\"")]
    [InlineData("\"ternary\"", "\"lsq2\"")]
    [InlineData("\"bits\": 3", "\"bits\": 33")]
    public void Other_texts_are_refused(string part, string other) =>
        Assert.Throws<FormatException>(() => SpecFile.Read(s_file.Write().Replace(part, other, StringComparison.Ordinal)));
}
