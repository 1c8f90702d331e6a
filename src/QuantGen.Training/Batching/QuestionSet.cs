using QuantGen.Tasks;
using QuantGen.Tokenization;
using QuantGen.Training.Data;

namespace QuantGen.Training.Batching;

/// <summary>Questions about paragraphs, encoded into windows; each window is an example.</summary>
public sealed class QuestionSet
{
    /// <summary>Encodes questions.</summary>
    /// <param name="data">The questions.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="maxLength">Tokens of a window, special ones included.</param>
    /// <param name="options">How windows advance and questions are cut; null for BERT's.</param>
    /// <param name="cancellation">Stops the work between two questions.</param>
    /// <exception cref="DataFormatException">A question leaves no room for its context.</exception>
    public QuestionSet(SquadDataset data, BertTokenizer tokenizer, int maxLength, AnswerOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(tokenizer);
        Options = options ?? new AnswerOptions();
        Data = data;
        var examples = new List<Example>();
        var windows = new List<QuestionWindows>();
        foreach (SquadQuestion question in data.Questions)
        {
            cancellation.ThrowIfCancellationRequested();
            QuestionWindows encoded = Encode(question, tokenizer, maxLength);
            windows.Add(encoded);
            for (int i = 0; i < encoded.Windows.Count; i++)
            {
                examples.Add(Example(question, encoded, i));
            }
        }

        Examples = examples;
        Windows = windows;
    }

    /// <summary>Gets the windows of all questions, one after the other.</summary>
    public IReadOnlyList<Example> Examples { get; }

    /// <summary>Gets the questions.</summary>
    internal SquadDataset Data { get; }

    internal IReadOnlyList<QuestionWindows> Windows { get; }

    internal AnswerOptions Options { get; }

    private QuestionWindows Encode(SquadQuestion question, BertTokenizer tokenizer, int maxLength)
    {
        try
        {
            return QuestionWindows.Encode(tokenizer, question.Question, question.Context, maxLength, Options);
        }
        catch (ArgumentException)
        {
            throw new DataFormatException(
                Data.File, 0, FormattableString.Invariant($"questions that leave room for a context in windows of {maxLength} tokens"),
                $"question {FoundText.Quote(question.Id)}, which leaves none");
        }
    }

    // Where a window does not hold the whole answer, its first token stands for "not here".
    private static Example Example(SquadQuestion question, QuestionWindows encoded, int index)
    {
        EncodedText encoding = encoded.Items[index];
        Example example = ExampleEncoder.Of(encoding);
        if (question.Answers.Count == 0)
        {
            return example;
        }

        SpanWindow window = encoded.Windows[index];
        SquadAnswer answer = question.Answers[0];
        (int first, int last) = (-1, -1);
        for (int token = window.ContextStart; token < window.ContextEnd; token++)
        {
            TextRange range = encoded.Offsets[token];
            if (range.Start < answer.Start + answer.Text.Length && range.End > answer.Start)
            {
                first = first < 0 ? token : first;
                last = token;
            }
        }

        bool startsHere = first > window.ContextStart || (first >= 0 && encoded.Offsets[first].Start <= answer.Start);
        bool endsHere = last >= 0 && (last < window.ContextEnd - 1 || encoded.Offsets[last].End >= answer.Start + answer.Text.Length);
        int shift = window.ContextOffset - window.ContextStart;
        return startsHere && endsHere ? example with { AnswerStart = first + shift, AnswerEnd = last + shift } : example;
    }
}
