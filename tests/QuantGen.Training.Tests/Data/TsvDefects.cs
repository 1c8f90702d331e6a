using System.Text;

namespace QuantGen.Training.Tests.Data;

/// <summary>Files that are no data set, each with the line and the words its message must have; made so that any test can walk them.</summary>
internal static class TsvDefects
{
    /// <summary>One defective file.</summary>
    /// <param name="Name">What is wrong with it.</param>
    /// <param name="Content">Its bytes.</param>
    /// <param name="Line">The line the message must name; 0 for the whole file.</param>
    /// <param name="Expected">Words of what was expected.</param>
    /// <param name="Found">Words of what was found.</param>
    public sealed record Defect(string Name, byte[] Content, int Line, string Expected, string Found);

    /// <summary>Gets all of them; names are unique.</summary>
    public static IReadOnlyList<Defect> All { get; } =
    [
        Text("empty file", "", 0, "header", "empty file"),
        Text("byte order mark alone", "\uFEFF", 0, "header", "empty file"),
        Text("line end alone", "\n", 1, "header", "''"),
        Text("header alone", "sentence\tlabel\n", 0, "one row", "header alone"),
        Text("header alone without line end", "sentence\tlabel", 0, "one row", "header alone"),
        Text("no header", "a good film\t1\na bad one\t0\n", 1, "header", "a good film"),
        Text("header in capitals", "Sentence\tLabel\na\t1\n", 1, "header", "Sentence"),
        Text("columns of another order", "label\tsentence\n1\ta\n", 1, "header", "label"),
        Text("first of a pair alone", "sentence1\tlabel\na\t1\n", 1, "header", "sentence1"),
        Text("column too many in the header", "sentence\tlabel\tid\na\t1\t7\n", 1, "header", "id"),
        Text("space after the header", "sentence\tlabel \na\t1\n", 1, "header", "label "),
        Text("comma as separator", "sentence,label\na,1\n", 1, "header", "sentence,label"),
        Text("quoted header", "\"sentence\"\t\"label\"\na\t1\n", 1, "header", "\"sentence\""),
        Text("column missing", "sentence\tlabel\na good film\t1\na bad one\n", 3, "2 columns", "1 in 'a bad one'"),
        Text("column too many", "sentence\tlabel\na good\tfilm\t1\n", 2, "2 columns", "3 in"),
        Text("column missing in a pair", "sentence1\tsentence2\tlabel\na\tb\t1\na\t1\n", 3, "3 columns", "2 in"),
        Text("label where none belongs", "sentence\na\nb\t1\n", 3, "1 columns", "2 in"),
        Text("tab inside quotes", "sentence\tlabel\n\"a\tb\"\t1\n", 2, "2 columns", "3 in"),
        Text("line end inside quotes", "sentence\tlabel\n\"a\nb\"\t1\n", 2, "2 columns", "1 in"),
        Text("empty line between rows", "sentence\tlabel\na\t1\n\nb\t0\n", 3, "2 columns", "an empty line"),
        Text("empty line at the end", "sentence\tlabel\na\t1\n\n", 3, "2 columns", "an empty line"),
        Text("empty label", "sentence\tlabel\na\t1\nb\t\n", 3, "a label", "empty column 2"),
        Text("blank label", "sentence\tlabel\na\t \n", 2, "a label", "empty column 2"),
        Text("empty sentence", "sentence\tlabel\n\t1\n", 2, "a sentence", "empty column 1"),
        Text("empty second sentence", "sentence1\tsentence2\tlabel\na\t\t1\n", 2, "a sentence2", "empty column 2"),
        Text("word among numbers", "sentence\tlabel\na\t1\nb\tpositive\n", 3, "number", "'positive'"),
        Text("number among words", "sentence\tlabel\na\tpositive\nb\t1\n", 3, "a word as label", "'1'"),
        Text("label in hexadecimal", "sentence\tlabel\na\t0x1\n", 2, "number", "'0x1'"),
        Text("label with a comma", "sentence\tlabel\na\t2,5\n", 2, "number", "'2,5'"),
        Text("label with a space", "sentence\tlabel\na\t 1\n", 2, "number", "' 1'"),
        Text("label NaN", "sentence\tlabel\na\tNaN\n", 2, "finite number", "'NaN'"),
        Text("label infinite", "sentence\tlabel\na\tInfinity\n", 2, "finite number", "'Infinity'"),
        Text("label too large", "sentence\tlabel\na\t1e999\n", 2, "finite number", "'1e999'"),
        Text("two numbers as label", "sentence\tlabel\na\t1 2\n", 2, "number", "'1 2'"),
        Text("carriage return inside a line", "sentence\tlabel\na\rb\t1\n", 2, "LF or CRLF", "CR"),
        Text("line ends of CR alone", "sentence\tlabel\ra\t1\r", 1, "LF or CRLF", "CR"),
        Text("two carriage returns", "sentence\tlabel\r\r\na\t1\n", 1, "LF or CRLF", "CR"),
        Text("NUL in a text", "sentence\tlabel\na\0b\t1\n", 2, "text", "NUL"),
        Bytes("Latin-1 letter", "sentence\tlabel\ncaf", [0xE9], "\t1\n", 2, "UTF-8", "0xE9"),
        Bytes("cut off character at the end", "sentence\na\nb", [0xE2, 0x82], "", 3, "UTF-8", "0xE282"),
        Bytes("overlong slash", "sentence\na\n", [0xC0, 0xAF], "\n", 3, "UTF-8", "0xC0"),
        Bytes("encoded surrogate", "sentence\n", [0xED, 0xA0, 0x80], "\n", 2, "UTF-8", "0xED"),
        Bytes("broken header", "sent", [0xFF], "ence\tlabel\n", 1, "UTF-8", "0xFF"),
        new("UTF-16 with a byte order mark", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("sentence\tlabel\na\t1\n")], 0, "UTF-8 text", "UTF-16 text"),
        new("UTF-16 without a byte order mark", Encoding.Unicode.GetBytes("sentence\tlabel\na\t1\n"), 0, "UTF-8 text", "UTF-16 text"),
        new("second byte order mark", [0xEF, 0xBB, 0xBF, 0xEF, 0xBB, 0xBF, .. "sentence\na\n"u8], 1, "header", "sentence"),
    ];

    private static Defect Text(string name, string content, int line, string expected, string found) =>
        new(name, Encoding.UTF8.GetBytes(content), line, expected, found);

    private static Defect Bytes(string name, string before, byte[] bytes, string after, int line, string expected, string found) =>
        new(name, [.. Encoding.UTF8.GetBytes(before), .. bytes, .. Encoding.UTF8.GetBytes(after)], line, expected, found);
}
