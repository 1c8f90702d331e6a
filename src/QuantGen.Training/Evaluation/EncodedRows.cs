using QuantGen.Execution;
using QuantGen.Tokenization;
using QuantGen.Training.Data;

namespace QuantGen.Training.Evaluation;

/// <summary>Turns rows into the token ids of one model, and refuses a row that is too long for it.</summary>
/// <param name="tokenizer">The model's tokenizer.</param>
/// <param name="mostTokens">The most tokens of a row that the model takes.</param>
/// <param name="file">What messages call the data.</param>
/// <param name="maxLength">The tokens to which longer rows are truncated; null to refuse them.</param>
internal sealed class EncodedRows(BertTokenizer tokenizer, int mostTokens, string file, int? maxLength)
{
    private readonly EncodeOptions? _limit = maxLength is int most ? new EncodeOptions { MaxLength = most, Truncation = Truncation.LongestFirst } : null;

    /// <summary>Encodes for a model that is loaded.</summary>
    public EncodedRows(InferenceSession session, string file, int? maxLength)
        : this(session.Tokenizer, session.MaxSequenceLength, file, maxLength)
    {
    }

    /// <summary>Groups rows, in the order given, into batches of at most so many tokens; a longer row is a batch of its own.</summary>
    public IEnumerable<RowBatch> Batches(IReadOnlyList<TsvRow> rows, IEnumerable<int> order, int batchTokens) =>
        RowBatch.Group(order, index => Encode(rows[index], index), batchTokens);

    /// <summary>Groups texts, in their order, in the same way.</summary>
    public IEnumerable<RowBatch> Batches(IReadOnlyList<string> texts, int batchTokens) => RowBatch.Group(
        Enumerable.Range(0, texts.Count),
        index => Checked(tokenizer.Encode(texts[index], null, _limit), 0, FormattableString.Invariant($" in text {index + 1}")),
        batchTokens);

    // The header is line 1.
    private EncodedText Encode(TsvRow row, int index) => Checked(tokenizer.Encode(row.Text, row.Pair, _limit), index + 2, string.Empty);

    private EncodedText Checked(EncodedText encoding, int line, string place)
    {
        if (encoding.Length > mostTokens)
        {
            throw new DataFormatException(
                file, line, FormattableString.Invariant($"at most {mostTokens} tokens, which the model takes"),
                FormattableString.Invariant($"{encoding.Length}{place}; give a maximum length to truncate"));
        }

        return encoding;
    }
}
