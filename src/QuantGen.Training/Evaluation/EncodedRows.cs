using QuantGen.Execution;
using QuantGen.Tokenization;
using QuantGen.Training.Data;

namespace QuantGen.Training.Evaluation;

/// <summary>Turns rows into the token ids of one model, and refuses a row that is too long for it.</summary>
/// <param name="session">The model.</param>
/// <param name="file">What messages call the data.</param>
/// <param name="maxLength">The tokens to which longer rows are truncated; null to refuse them.</param>
internal sealed class EncodedRows(InferenceSession session, string file, int? maxLength)
{
    private readonly EncodeOptions? _limit = maxLength is int most ? new EncodeOptions { MaxLength = most, Truncation = Truncation.LongestFirst } : null;

    /// <summary>Groups rows, in the order given, into batches of at most so many tokens; a longer row is a batch of its own.</summary>
    public IEnumerable<RowBatch> Batches(IReadOnlyList<TsvRow> rows, IEnumerable<int> order, int mostTokens) =>
        RowBatch.Group(order, index => Encode(rows[index], index), mostTokens);

    /// <summary>Groups texts, in their order, in the same way.</summary>
    public IEnumerable<RowBatch> Batches(IReadOnlyList<string> texts, int mostTokens) => RowBatch.Group(
        Enumerable.Range(0, texts.Count),
        index => Checked(session.Tokenizer.Encode(texts[index], null, _limit), 0, FormattableString.Invariant($" in text {index + 1}")),
        mostTokens);

    // The header is line 1.
    private EncodedText Encode(TsvRow row, int index) => Checked(session.Tokenizer.Encode(row.Text, row.Pair, _limit), index + 2, string.Empty);

    private EncodedText Checked(EncodedText encoding, int line, string place)
    {
        if (encoding.Length > session.MaxSequenceLength)
        {
            throw new DataFormatException(
                file, line, FormattableString.Invariant($"at most {session.MaxSequenceLength} tokens, which the model takes"),
                FormattableString.Invariant($"{encoding.Length}{place}; give a maximum length to truncate"));
        }

        return encoding;
    }
}
