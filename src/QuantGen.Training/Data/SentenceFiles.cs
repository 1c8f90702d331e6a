namespace QuantGen.Training.Data;

/// <summary>Collects the texts of files for sentence encoders: each once, and none of those that a model is measured on.</summary>
public sealed class SentenceFiles
{
    private SentenceFiles(IReadOnlyList<string> texts, int repeated, int excluded)
    {
        Texts = texts;
        Repeated = repeated;
        Excluded = excluded;
    }

    /// <summary>Gets the texts, in the order in which they were found first; at least one.</summary>
    public IReadOnlyList<string> Texts { get; }

    /// <summary>Gets how many more there were that had been found before.</summary>
    public int Repeated { get; }

    /// <summary>Gets how many different ones were left out because they are in the files of those to exclude.</summary>
    public int Excluded { get; }

    /// <summary>
    /// Reads files: the sentences of data sets (<c>.tsv</c>; both of a pair), questions and the sentences of contexts (SQuAD's <c>.json</c>), and the lines
    /// of any other text. Texts are the same that differ in case and white space only.
    /// </summary>
    /// <param name="files">The files.</param>
    /// <param name="excluded">Files whose texts must not be learnt.</param>
    /// <exception cref="DataFormatException">A file is not as described, or nothing is left.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static SentenceFiles Load(IReadOnlyList<string> files, IReadOnlyList<string> excluded)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(excluded);
        HashSet<string> hidden = [.. excluded.SelectMany(Read).Select(Key)];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var texts = new List<string>();
        (int repeated, int left) = (0, 0);
        foreach (string text in files.SelectMany(Read))
        {
            string key = Key(text);
            if (!seen.Add(key))
            {
                repeated++;
            }
            else if (hidden.Contains(key))
            {
                left++;
            }
            else
            {
                texts.Add(text);
            }
        }

        return texts.Count > 0
            ? new SentenceFiles(texts, repeated, left)
            : throw new DataFormatException(string.Join(", ", files), 0, "at least one text that is not excluded", "none");
    }

    /// <summary>Splits a paragraph after full stops, question and exclamation marks before white space.</summary>
    /// <param name="paragraph">The paragraph.</param>
    internal static IEnumerable<string> Split(string paragraph)
    {
        int start = 0;
        for (int i = 0; i < paragraph.Length; i++)
        {
            bool ends = i + 1 == paragraph.Length || (paragraph[i] is '.' or '?' or '!' && char.IsWhiteSpace(paragraph[i + 1]));
            if (ends)
            {
                string sentence = paragraph[start..(i + 1)].Trim();
                start = i + 1;
                if (sentence.Length > 0)
                {
                    yield return sentence;
                }
            }
        }
    }

    private static IEnumerable<string> Read(string file) => Path.GetExtension(file).Equals(".json", StringComparison.OrdinalIgnoreCase)
        ? SquadDataset.Load(file).Questions.SelectMany(question => Split(question.Context).Prepend(question.Question))
        : TextFiles.Load(file);

    private static string Key(string text) =>
        string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToLowerInvariant();
}
