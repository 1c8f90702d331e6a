using QuantGen.Tasks;

namespace QuantGen.Extensions.AI;

/// <summary>Calls with one text.</summary>
public static class SingleTextExtensions
{
    /// <summary>Classifies a text or a pair of texts.</summary>
    /// <param name="classifier">The classifier.</param>
    /// <param name="text">The text or pair.</param>
    /// <param name="cancellation">Ends the call.</param>
    public static async Task<Prediction> ClassifyAsync(this ITextClassifier classifier, TextInput text, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        return (await classifier.ClassifyAsync([text], cancellation).ConfigureAwait(false))[0];
    }

    /// <summary>Scores a text or a pair of texts.</summary>
    /// <param name="scorer">The scorer.</param>
    /// <param name="text">The text or pair.</param>
    /// <param name="cancellation">Ends the call.</param>
    public static async Task<float> ScoreAsync(this ITextScorer scorer, TextInput text, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        return (await scorer.ScoreAsync([text], cancellation).ConfigureAwait(false))[0];
    }

    /// <summary>Labels the words of a text.</summary>
    /// <param name="tagger">The tagger.</param>
    /// <param name="text">The text.</param>
    /// <param name="cancellation">Ends the call.</param>
    public static async Task<IReadOnlyList<WordTag>> TagAsync(this ITokenTagger tagger, TextInput text, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tagger);
        return (await tagger.TagAsync([text], cancellation).ConfigureAwait(false))[0];
    }

    /// <summary>Finds the best answer to a question.</summary>
    /// <param name="answerer">The answerer.</param>
    /// <param name="question">The question.</param>
    /// <param name="context">The text that holds the answer.</param>
    /// <param name="cancellation">Ends the call.</param>
    public static async Task<Answer> AnswerAsync(this IQuestionAnswerer answerer, string question, string context, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(answerer);
        return (await answerer.AnswerAsync([new QuestionInput(question, context)], cancellation).ConfigureAwait(false))[0];
    }
}
