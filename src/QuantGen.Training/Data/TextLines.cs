using System.Text;
using QuantGen.Files;

namespace QuantGen.Training.Data;

/// <summary>Reads lines of UTF-8 that end in LF or CRLF, and names the line where a file is no such text.</summary>
internal static class TextLines
{
    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file of texts, one a line; empty lines are no texts.</summary>
    /// <param name="path">The file; messages name it as it is given here.</param>
    /// <exception cref="DataFormatException">The file is no text, or has none.</exception>
    public static List<string> Load(string path)
    {
        ReadOnlySpan<byte> content = WithoutMark(File.ReadAllBytes(path), path);
        var texts = new List<string>();
        for (int line = 1; !content.IsEmpty; line++)
        {
            string text = Take(ref content, path, line);
            if (!string.IsNullOrWhiteSpace(text))
            {
                texts.Add(text);
            }
        }

        return texts.Count > 0 ? texts : throw new DataFormatException(path, 0, "at least one line of text", "none");
    }

    /// <summary>Drops the byte order mark that some editors write.</summary>
    /// <exception cref="DataFormatException">The file plainly is no UTF-8 text.</exception>
    public static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> content, string file) => FoundBytes.Describe(content) is string found
        ? throw new DataFormatException(file, 0, "UTF-8 text", found)
        : content.StartsWith("\uFEFF"u8) ? content[3..] : content;

    /// <summary>Takes the next line off the content, without its end.</summary>
    public static string Take(ref ReadOnlySpan<byte> content, string file, int line)
    {
        int length = content.IndexOf((byte)'\n');
        ReadOnlySpan<byte> bytes = length < 0 ? content : content[..length];
        content = length < 0 ? [] : content[(length + 1)..];
        if (bytes.EndsWith("\r"u8))
        {
            bytes = bytes[..^1];
        }

        if (bytes.Contains((byte)'\r'))
        {
            throw new DataFormatException(file, line, "lines that end in LF or CRLF", "a CR inside a line");
        }

        if (bytes.Contains((byte)0))
        {
            throw new DataFormatException(file, line, "text", "a NUL character");
        }

        try
        {
            return s_strictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException error)
        {
            string hexadecimal = Convert.ToHexString(error.BytesUnknown ?? []);
            throw new DataFormatException(file, line, "UTF-8 text", $"the bytes 0x{hexadecimal} at byte {error.Index + 1} of the line");
        }
    }
}
