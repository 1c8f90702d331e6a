using QuantGen.Generators.Emission;
using QuantGen.Generators.Tests.Running;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Generators.Tests.Limits;

/// <summary>People review generated code: of a model it is short, and of a change to a model it is what changed.</summary>
public sealed class ReviewSizeTests
{
    private const int MostLines = 700;
    private const int MostChangedLines = 40;
    private const int MostColumns = 160;

    private static readonly string[] s_concerns = ["Encoder", "Plan", "Model", "Spec"];

    private static readonly SpecOptions s_options = new()
    {
        Bits = 2,
        EmbeddingBits = 2,
        ActivationRange = ActivationRange.Static,
        AttentionBits = 8,
        Head = BertHead.SequenceClassification,
        MaxSequenceLength = 128,
        MaxBatchTokens = 4096,
    };

    [Fact]
    public void A_model_of_four_layers_has_less_than_700_lines()
    {
        int lines = Emit(s_options).Sum(file => file.Value.Count(letter => letter == '\n'));
        Assert.InRange(lines, 1, MostLines - 1);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(1)]
    public void Other_bits_of_one_layer_change_at_most_40_lines(int bits)
    {
        Dictionary<string, string> old = Emit(s_options);
        Dictionary<string, string> now = Emit(s_options with { LayerBits = new([new LayerBitsRule("encoder.layer.1.*", bits)]) });
        (string Concern, int Lines)[] changes = [.. s_concerns.Select(concern => (concern, LineDiff.Count(old[concern], now[concern])))];
        Assert.True(changes.Sum(change => change.Lines) is > 0 and <= MostChangedLines, string.Join(", ", changes));
    }

    [Theory]
    [InlineData(BertHead.SequenceClassification, false, 1)]
    [InlineData(BertHead.SequenceClassification, true, 2)]
    [InlineData(BertHead.QuestionAnswering, true, 3)]
    [InlineData(BertHead.MaskedLanguageModel, true, 4)]
    [InlineData(BertHead.TokenClassification, false, 6)]
    [InlineData(BertHead.Embedding, false, 8)]
    [InlineData(BertHead.Regression, true, 32)]
    public void No_line_is_longer_than_160_characters(BertHead head, bool isTrained, int bits)
    {
        SpecOptions options = s_options with { Head = head, Bits = bits, EmbeddingBits = Math.Max(2, bits), Training = isTrained && bits != 1 };
        if (bits == 32)
        {
            options = options with { ActivationBits = 32, ActivationRange = ActivationRange.PerToken, AttentionBits = 32 };
        }

        Assert.All(Emit(options).Values.SelectMany(text => text.Split('\n')), line => Assert.InRange(line.Length, 0, MostColumns));
    }

    [Fact]
    public void Changed_lines_are_counted_once()
    {
        Assert.Equal(0, LineDiff.Count("a\nb\nc", "a\nb\nc"));
        Assert.Equal(1, LineDiff.Count("a\nb\nc", "a\nx\nc"));
        Assert.Equal(2, LineDiff.Count("a\nb\nc", "a\nx\ny\nc"));
        Assert.Equal(2, LineDiff.Count("a\nb\nc\nd", "x\nb\nc"));
    }

    private static Dictionary<string, string> Emit(SpecOptions options)
    {
        var config = new ModelConfig
        {
            Architecture = BertArchitecture.Bert,
            Layers = 4,
            HiddenSize = 256,
            EmbeddingSize = 256,
            Heads = 4,
            IntermediateSize = 1024,
            VocabularySize = 11371,
            MaxPositions = 512,
        };
        return ModelSources.Emit(Tiny.Spec(config, options)).ToDictionary(file => file.Hint.Split('.')[2], file => file.Text);
    }
}
