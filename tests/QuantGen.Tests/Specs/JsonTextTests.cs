using System.Globalization;
using QuantGen.Json;

namespace QuantGen.Tests.Specs;

public sealed class JsonTextTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("-0", 0)]
    [InlineData("-12", -12)]
    [InlineData("0.5", 0.5)]
    [InlineData(" 1e3 ", 1000)]
    [InlineData("1E-12", 1e-12)]
    [InlineData("2.5e+2", 250)]
    public void Numbers_are_doubles(string json, double expected) => Assert.Equal(expected, JsonText.Parse(json));

    [Theory]
    [InlineData("null", null)]
    [InlineData("true", true)]
    [InlineData("\t\r\n false ", false)]
    [InlineData("\"\"", "")]
    [InlineData("\"plain \u00e9\"", "plain \u00e9")]
    [InlineData("""
        "a\n\t\r\b\f\"\\\/b"
        """, "a\n\t\r\b\f\"\\/b")]
    [InlineData("""
        "\u0041\u00e9\uD83D\uDE00"
        """, "A\u00e9\U0001F600")]
    public void Words_and_strings(string json, object? expected) => Assert.Equal(expected, JsonText.Parse(json));

    [Fact]
    public void Objects_and_lists_nest()
    {
        var root = Assert.IsType<Dictionary<string, object?>>(JsonText.Parse("""{ "a" : [ 1 , [ ] , { } ] , "b" : { "c" : null } }"""));
        var list = Assert.IsType<List<object?>>(root["a"]);
        Assert.Equal(1.0, list[0]);
        Assert.Empty(Assert.IsType<List<object?>>(list[1]));
        Assert.Empty(Assert.IsType<Dictionary<string, object?>>(list[2]));
        Assert.Null(Assert.IsType<Dictionary<string, object?>>(root["b"])["c"]);
    }

    [Fact]
    public void A_byte_order_mark_is_skipped() => Assert.Equal(1.0, JsonText.Parse("\uFEFF1"));

    [Theory]
    [InlineData("", "line 1, column 1: expected a value, found the end of the text")]
    [InlineData("  ", "column 3: expected a value")]
    [InlineData("{", "expected a key in double quotes, found the end of the text")]
    [InlineData("{}}", "column 3: expected the end of the text, found '}'")]
    [InlineData("{\"a\":1,}", "column 8: expected a key in double quotes, found '}'")]
    [InlineData("{\"a\" 1}", "expected ':', found '1'")]
    [InlineData("{a:1}", "expected a key in double quotes")]
    [InlineData("{'a':1}", "expected a key in double quotes")]
    [InlineData("{\"a\":1 \"b\":2}", "expected '}', found '\"'")]
    [InlineData("{\"a\":1,\n \"a\":2}", "line 2, column 6: expected each key once, and 'a' comes again")]
    [InlineData("[1,]", "expected a value, found ']'")]
    [InlineData("[1 2]", "expected ']', found '2'")]
    [InlineData("[1", "expected ']', found the end of the text")]
    [InlineData("\"a", "expected a closing double quote")]
    [InlineData("\"a\nb\"", "expected a closing double quote")]
    [InlineData("\"a\\\nb\\n\"", "expected an escape sequence")]
    [InlineData("\"\\x\"", "expected an escape sequence, found 'x'")]
    [InlineData("\"\\u12\"", "expected an escape sequence")]
    [InlineData("\"\\u 123\"", "expected an escape sequence")]
    [InlineData("\"\\", "expected an escape sequence")]
    [InlineData("tru", "expected a value")]
    [InlineData("True", "expected a value")]
    [InlineData("nullx", "expected the end of the text")]
    [InlineData("+1", "expected a value")]
    [InlineData("01", "expected a value")]
    [InlineData("-", "expected a value")]
    [InlineData("-a", "expected a value")]
    [InlineData(".5", "expected a value")]
    [InlineData("-.5", "expected a value")]
    [InlineData("1.", "expected a value")]
    [InlineData("1.e5", "expected a value")]
    [InlineData("1e", "expected a value")]
    [InlineData("1-1", "expected a value")]
    [InlineData("1e999", "expected a value")]
    [InlineData("NaN", "expected a value")]
    [InlineData("Infinity", "expected a value")]
    [InlineData("0x10", "expected the end of the text")]
    [InlineData("// c\n1", "expected a value, found '/'")]
    public void Anything_else_is_refused_with_its_place(string json, string message)
    {
        FormatException e = Assert.Throws<FormatException>(() => JsonText.Parse(json));
        Assert.Contains(message, e.Message);
    }

    [Fact]
    public void At_most_32_levels_nest()
    {
        Assert.NotNull(JsonText.Parse(new string('[', 32) + "0" + new string(']', 32)));
        Assert.Throws<FormatException>(() => JsonText.Parse(new string('[', 33) + "0" + new string(']', 33)));
        Assert.Throws<FormatException>(() => JsonText.Parse(new string('[', 1_000_000)));
    }

    [Fact]
    public void The_culture_does_not_matter()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("de-DE");
            Assert.Equal(1.5, JsonText.Parse("1.5"));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
