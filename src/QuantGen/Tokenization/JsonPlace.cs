using System.Text.Json;
using QuantGen.Files;

namespace QuantGen.Tokenization;

/// <summary>A value in a JSON file together with where it is, so that every wrong type is reported the same way.</summary>
internal readonly struct JsonPlace
{
    private readonly JsonElement _value;

    private JsonPlace(JsonElement value, string file, string path)
    {
        _value = value;
        File = file;
        Path = path;
    }

    /// <summary>Gets the name of the file.</summary>
    public string File { get; }

    /// <summary>Gets the keys that lead to the value, joined by dots.</summary>
    public string Path { get; }

    /// <summary>Gets whether the value is <c>null</c>.</summary>
    public bool IsNull => _value.ValueKind == JsonValueKind.Null;

    /// <summary>Gets whether the value is an object.</summary>
    public bool IsObject => _value.ValueKind == JsonValueKind.Object;

    /// <summary>Gets whether the value is an array.</summary>
    public bool IsArray => _value.ValueKind == JsonValueKind.Array;

    /// <summary>Parses a whole file: an object of at most 64 levels that repeats no key.</summary>
    public static JsonPlace Parse(byte[] bytes, string file) => ParseValue(bytes, file).AsObject();

    /// <summary>Parses a whole file: an array, under the same rules.</summary>
    public static IEnumerable<JsonPlace> ParseList(byte[] bytes, string file) => ParseValue(bytes, file).AsArray();

    /// <summary>Returns the value of a key, or nothing when the key is missing.</summary>
    public JsonPlace? Find(string key) =>
        AsObject()._value.TryGetProperty(key, out JsonElement value) ? new JsonPlace(value, File, Below(key)) : null;

    /// <summary>Returns the value of a key, or nothing when the key is missing or null.</summary>
    public JsonPlace? FindNotNull(string key) => Find(key) is JsonPlace { IsNull: false } found ? found : null;

    /// <summary>Returns the value of a key that must be there.</summary>
    public JsonPlace Get(string key) => Find(key) ?? throw new ModelFormatException(File, Below(key), "a value", "no such key");

    /// <summary>Returns the value as a string.</summary>
    public string AsString()
    {
        Expect(JsonValueKind.String, "a string");
        try
        {
            return _value.GetString()!;
        }
        catch (InvalidOperationException exception)
        {
            throw Wrong("a string of valid Unicode", "half a surrogate pair or bytes that are not UTF-8", exception);
        }
    }

    /// <summary>Returns the value as a number from 0 up.</summary>
    public int AsCount()
    {
        Expect(JsonValueKind.Number, "a whole number");
        return _value.TryGetInt32(out int number) && number >= 0 ? number : throw Wrong("a whole number from 0 to 2147483647", Shown());
    }

    /// <summary>Returns the value as a number, or null when it is beyond what a length can be.</summary>
    public int? AsLengthOrUnlimited()
    {
        Expect(JsonValueKind.Number, "a number");
        if (_value.TryGetInt32(out int number) && number > 0)
        {
            return number;
        }

        // Hugging Face writes 1e30 for "no limit".
        return _value.TryGetDouble(out double large) && large > int.MaxValue ? null : throw Wrong("a length above 0", Shown());
    }

    /// <summary>Returns the value as a truth value.</summary>
    public bool AsBoolean() => _value.ValueKind is JsonValueKind.True or JsonValueKind.False
        ? _value.GetBoolean()
        : throw Wrong("true or false", Shown());

    /// <summary>Returns the elements of an array.</summary>
    public IEnumerable<JsonPlace> AsArray()
    {
        Expect(JsonValueKind.Array, "an array");
        return Elements();
    }

    /// <summary>Returns the keys and values of an object.</summary>
    public IEnumerable<(string Key, JsonPlace Value)> AsPairs()
    {
        Expect(JsonValueKind.Object, "an object");
        return Pairs();
    }

    /// <summary>Fails unless the value is an object.</summary>
    public JsonPlace AsObject()
    {
        Expect(JsonValueKind.Object, "an object");
        return this;
    }

    /// <summary>Fails unless the value is this string.</summary>
    public void ExpectString(string expected)
    {
        string found = AsString();
        if (found != expected)
        {
            throw Wrong($"'{expected}'", $"'{found}'");
        }
    }

    /// <summary>Makes the error about this place.</summary>
    public ModelFormatException Wrong(string expected, string found, Exception? cause = null) => new(File, Path, expected, found, cause);

    private static JsonPlace ParseValue(byte[] bytes, string file)
    {
        FoundBytes.Require(bytes, file, "JSON in UTF-8");
        try
        {
            var options = new JsonDocumentOptions { MaxDepth = 64, AllowDuplicateProperties = false };
            using JsonDocument document = JsonDocument.Parse(bytes, options);
            return new JsonPlace(document.RootElement.Clone(), file, string.Empty);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException is how keys with half a surrogate pair are reported.
            throw new ModelFormatException(file, string.Empty, "valid JSON without repeated keys", exception.Message, exception);
        }
    }

    private IEnumerable<JsonPlace> Elements()
    {
        int index = 0;
        foreach (JsonElement element in _value.EnumerateArray())
        {
            yield return new JsonPlace(element, File, $"{Path}[{index++}]");
        }
    }

    private IEnumerable<(string Key, JsonPlace Value)> Pairs()
    {
        foreach (JsonProperty property in _value.EnumerateObject())
        {
            string key;
            try
            {
                key = property.Name;
            }
            catch (InvalidOperationException exception)
            {
                throw Wrong("keys of valid Unicode", "half a surrogate pair or bytes that are not UTF-8", exception);
            }

            yield return (key, new JsonPlace(property.Value, File, Below(key)));
        }
    }

    private void Expect(JsonValueKind kind, string expected)
    {
        if (_value.ValueKind != kind)
        {
            throw Wrong(expected, Shown());
        }
    }

    private string Below(string key) => Path.Length == 0 ? key : $"{Path}.{key}";

    private string Shown()
    {
        string text = _value.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "an array",
            JsonValueKind.Undefined => "nothing",
            _ => _value.GetRawText(),
        };
        return text.Length <= 60 ? text : $"{text[..60]}...";
    }
}
