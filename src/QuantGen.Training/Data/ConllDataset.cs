namespace QuantGen.Training.Data;

/// <summary>Sentences whose words have tags, as the files of CoNLL's shared tasks have them.</summary>
/// <remarks>
/// UTF-8, with or without a byte order mark; lines end in LF or CRLF. A line is a word and, after blanks or tabs, its columns, of which the last one is the
/// tag;
/// an empty line ends a sentence. Lines that start with <c>-DOCSTART-</c> are no words.
/// </remarks>
public sealed class ConllDataset
{
    private const string DocumentStart = "-DOCSTART-";
    private static readonly char[] s_separators = [' ', '\t'];

    private ConllDataset(string file, IReadOnlyList<TaggedSentence> sentences)
    {
        File = file;
        Sentences = sentences;
    }

    /// <summary>Gets the file's name as it was given.</summary>
    public string File { get; }

    /// <summary>Gets the sentences in the file's order; at least one.</summary>
    public IReadOnlyList<TaggedSentence> Sentences { get; }

    /// <summary>Gets the tags in ordinal order, O before all others.</summary>
    public IReadOnlyList<string> Tags =>
    [
        .. Sentences.SelectMany(sentence => sentence.Tags).Distinct().OrderBy(tag => tag == "O" ? 0 : 1).ThenBy(tag => tag, StringComparer.Ordinal),
    ];

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file; messages name it as it is given here.</param>
    /// <exception cref="DataFormatException">The file is not as described; the message says where, what was expected and what was found.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ConllDataset Load(string path) => Parse(System.IO.File.ReadAllBytes(path), path);

    /// <summary>Reads a file's bytes.</summary>
    /// <param name="content">All bytes of the file.</param>
    /// <param name="file">The name that messages give the file.</param>
    internal static ConllDataset Parse(ReadOnlySpan<byte> content, string file)
    {
        content = TextLines.WithoutMark(content, file);
        var sentences = new List<TaggedSentence>();
        var words = new List<string>();
        var tags = new List<string>();
        for (int line = 1; !content.IsEmpty; line++)
        {
            string text = TextLines.Take(ref content, file, line);
            string[] columns = text.Split(s_separators, StringSplitOptions.RemoveEmptyEntries);
            if (columns.Length == 0 || columns[0].StartsWith(DocumentStart, StringComparison.Ordinal))
            {
                End();
                continue;
            }

            if (columns.Length == 1)
            {
                throw new DataFormatException(file, line, "a word and its tag", FoundText.Quote(text));
            }

            words.Add(columns[0]);
            tags.Add(columns[^1]);
        }

        End();
        return sentences.Count > 0
            ? new ConllDataset(file, sentences)
            : throw new DataFormatException(file, 0, "at least one word with a tag", "none");

        void End()
        {
            if (words.Count > 0)
            {
                sentences.Add(new TaggedSentence([.. words], [.. tags]));
                words.Clear();
                tags.Clear();
            }
        }
    }
}
