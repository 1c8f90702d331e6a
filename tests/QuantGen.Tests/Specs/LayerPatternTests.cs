using QuantGen.Specs;

namespace QuantGen.Tests.Specs;

public sealed class LayerPatternTests
{
    [Theory]
    [InlineData("pooler.dense", "pooler.dense", true)]
    [InlineData("pooler.dense", "poolerxdense", false)]
    [InlineData("pooler.dense", "pooler.dense2", false)]
    [InlineData("*", "encoder.layer.0.output.dense", true)]
    [InlineData("*.dense", "encoder.layer.0.output.dense", true)]
    [InlineData("*.output.dense", "encoder.layer.0.attention.output.dense", true)]
    [InlineData("encoder.layer.*.output.dense", "encoder.layer.11.output.dense", true)]
    [InlineData("encoder.layer.*.self.*", "encoder.layer.3.attention.self.key", true)]
    [InlineData("encoder.layer.*.self.*", "encoder.layer.3.attention.output.dense", false)]
    [InlineData("*que*y", "encoder.layer.0.attention.self.query", true)]
    [InlineData("pooler.dense*", "pooler.dense", true)]
    [InlineData("encoder.layer.0-3.attention.*", "encoder.layer.3.attention.self.key", true)]
    [InlineData("encoder.layer.0-3.attention.*", "encoder.layer.4.attention.self.key", false)]
    [InlineData("encoder.layer.2-11.output.dense", "encoder.layer.10.output.dense", true)]
    [InlineData("encoder.layer.2-11.output.dense", "encoder.layer.1.output.dense", false)]
    [InlineData("*.7-7.*", "encoder.layer.7.output.dense", true)]
    [InlineData("*.7-7.*", "encoder.layer.77.output.dense", false)]
    [InlineData("0-9", "5", true)]
    [InlineData("0-9", "10", false)]
    [InlineData("0-9", "4294967297", false)]
    [InlineData("a.0-9", "a.", false)]
    [InlineData("a.0-9.b", "a.b", false)]
    [InlineData("a.0-9.b", "a..b", false)]
    [InlineData("a.0-9.b", "a.x.b", false)]
    [InlineData("a.0-9.b", "a.3.b.b", false)]
    [InlineData("a.0-2147483647", "a.99999999999999999999999999", false)]
    [InlineData("0-1.x.2-3", "1.x.2", true)]
    [InlineData("0-1.x.2-3", "1.x.1", false)]
    [InlineData("0-9", "", false)]
    [InlineData("*", "", true)]
    [InlineData("Pooler.dense", "pooler.dense", false)]
    public void Matches(string pattern, string name, bool expected)
    {
        Predicate<string>? matches = LayerPattern.Compile(pattern);
        Assert.NotNull(matches);
        Assert.Equal(expected, matches(name));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("a.")]
    [InlineData("a b")]
    [InlineData("3-0")]
    [InlineData("1-")]
    [InlineData("-1")]
    [InlineData("1-2-3")]
    [InlineData("0-99999999999")]
    [InlineData("a-b")]
    [InlineData("a-1")]
    [InlineData("1-a")]
    [InlineData("0-1..b")]
    [InlineData("(a)")]
    [InlineData("a|b")]
    [InlineData("\u00e9")]
    public void Malformed_patterns_are_recognised(string pattern) => Assert.Null(LayerPattern.Compile(pattern));

    [Fact]
    public void Patterns_longer_than_256_characters_are_refused() => Assert.Null(LayerPattern.Compile(new string('a', 257)));

    [Theory]
    [InlineData("*", 255)]
    [InlineData("e*", 127)]
    [InlineData("*.*", 85)]
    public void Many_stars_take_no_longer_than_few(string piece, int count)
    {
        // With backtracking this would run for years.
        Predicate<string>? matches = LayerPattern.Compile(string.Concat(Enumerable.Repeat(piece, count)) + "x");
        Assert.NotNull(matches);
        Assert.False(matches(string.Join('.', Enumerable.Repeat("eeeeeeee", 30))));
    }
}
