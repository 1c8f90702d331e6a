using System.Text;
using QuantGen.Tokenization;

namespace QuantGen.Benchmarks.Data;

/// <summary>The text and the vocabulary that tokenization is measured on.</summary>
internal static class BenchmarkText
{
    /// <summary>Name of the environment variable with the path of a text file.</summary>
    public const string Variable = "QUANTGEN_BENCH_TEXT";

    private const string SharedText = "data/SST-2/train_phrases.tsv";
    private const string SharedVocabulary = "vocab/bert-base-uncased-vocab.txt";
    private const int Lines = 20_000;

    /// <summary>Reads the lines of the chosen file, else of the shared one if it is there, else makes some.</summary>
    /// <exception cref="InvalidDataException">The file has no text.</exception>
    public static string[] Read()
    {
        string? path = Environment.GetEnvironmentVariable(Variable) ?? Shared(SharedText);
        if (path is null)
        {
            return Generate();
        }

        // Of a table only the first column is text.
        string[] lines = [.. File.ReadLines(path).Select(line => line.Split('\t')[0]).Where(line => line.Length > 0)];
        return lines.Length > 0 ? lines : throw new InvalidDataException($"{path}: there is no text");
    }

    /// <summary>Makes a tokenizer with the shared vocabulary of BERT if it is there, else one of letters, syllables and common endings.</summary>
    public static BertTokenizer Tokenizer()
    {
        byte[] vocabulary = Shared(SharedVocabulary) is string path ? File.ReadAllBytes(path) : System.Text.Encoding.UTF8.GetBytes(string.Join('\n', Pieces()));
        return BertTokenizer.FromVocabulary(vocabulary, new TokenizerOptions(), "vocab.txt");
    }

    // The folder beside the repository.
    private static string? Shared(string relative)
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "QuantGen.sln")))
            {
                string path = Path.Combine(folder, "..", "shared", relative);
                return File.Exists(path) ? Path.GetFullPath(path) : null;
            }
        }

        return null;
    }

    private static IEnumerable<string> Syllables() => "bcdfghklmnprstvw".SelectMany(first => "aeiou".Select(second => $"{first}{second}"));

    private static IEnumerable<string> Pieces()
    {
        IEnumerable<string> letters = Enumerable.Range('a', 26).Select(letter => $"{(char)letter}");
        string[] pieces = [.. letters, .. Syllables(), .. Syllables().SelectMany(first => Syllables().Select(second => first + second))];
        return ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ",", ".", .. pieces, .. pieces.Select(piece => "##" + piece)];
    }

    // Words of one to four syllables, a comma now and then, a period at the end.
    private static string[] Generate()
    {
        string[] syllables = [.. Syllables()];
        var random = new Random(42);
        string[] lines = new string[Lines];
        for (int i = 0; i < lines.Length; i++)
        {
            var line = new StringBuilder();
            for (int word = random.Next(3, 20); word > 0; word--)
            {
                for (int syllable = random.Next(1, 5); syllable > 0; syllable--)
                {
                    line.Append(syllables[random.Next(syllables.Length)]);
                }

                line.Append(word == 1 ? " ." : random.Next(8) == 0 ? " , " : " ");
            }

            lines[i] = line.ToString();
        }

        return lines;
    }
}
