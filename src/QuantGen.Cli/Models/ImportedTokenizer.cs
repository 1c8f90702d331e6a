using QuantGen.Cli.Conventions;
using QuantGen.Tokenization;

namespace QuantGen.Cli.Models;

/// <summary>The tokenizer's files of a model that is imported, as they are.</summary>
internal sealed class ImportedTokenizer
{
    private readonly string _file;
    private readonly int _pieces;

    private ImportedTokenizer(string file, int pieces, IReadOnlyList<(string Name, byte[] Bytes)> files)
    {
        (_file, _pieces, Files) = (file, pieces, files);
    }

    /// <summary>Gets the files under the names that a checkpoint has for them.</summary>
    public IReadOnlyList<(string Name, byte[] Bytes)> Files { get; }

    /// <summary>Reads the files and checks that they are a tokenizer.</summary>
    /// <param name="vocabulary">The <c>vocab.txt</c>, or null.</param>
    /// <param name="tokenizer">The <c>tokenizer.json</c>, or null.</param>
    /// <exception cref="UsageException">There is neither.</exception>
    /// <exception cref="ModelFormatException">A file is malformed, or both disagree.</exception>
    public static ImportedTokenizer Read(string? vocabulary, string? tokenizer)
    {
        var files = new List<(string, byte[])>();
        Vocabulary? pieces = null;
        if (vocabulary is not null)
        {
            byte[] text = File.ReadAllBytes(vocabulary);
            pieces = BertTokenizer.FromVocabulary(text, new TokenizerOptions(), vocabulary).Vocabulary;
            files.Add(("vocab.txt", text));
        }

        if (tokenizer is not null)
        {
            byte[] text = File.ReadAllBytes(tokenizer);
            TokenizerJson json = TokenizerJson.Read(text, tokenizer);
            if (pieces is not null)
            {
                TokenizerDirectory.CheckAgreement(pieces, vocabulary!, json);
            }

            pieces = json.Vocabulary;
            files.Add(("tokenizer.json", text));
        }

        return pieces is null
            ? throw new UsageException("an ONNX model has no vocabulary; name it with --vocabulary vocab.txt or --tokenizer tokenizer.json")
            : new ImportedTokenizer(tokenizer ?? vocabulary!, pieces.Count, files);
    }

    /// <summary>Requires that every piece has a row of the word embedding.</summary>
    /// <param name="rows">The rows.</param>
    public void RequireRows(int rows)
    {
        if (_pieces > rows)
        {
            throw new ModelFormatException(_file, string.Empty, $"at most {rows} pieces, as the model has word embeddings", $"{_pieces}");
        }
    }
}
