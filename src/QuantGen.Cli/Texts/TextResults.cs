using System.Globalization;
using QuantGen.Cli.Conventions;
using QuantGen.Execution;
using QuantGen.Tasks;

namespace QuantGen.Cli.Texts;

/// <summary>Asks a model what its head can answer.</summary>
internal static class TextResults
{
    private const string OutsideTag = "O";

    public static IReadOnlyList<TextResult> Compute(
        InferenceSession session,
        IReadOnlyList<TextInput> texts,
        CallOptions options,
        AnswerSettings settings,
        CancellationToken cancellation)
    {
        switch (session.Spec.Head)
        {
            case BertHead.SequenceClassification:
                return [.. session.Classify(texts, options, cancellation)
                    .Select((prediction, i) => Classified(session, texts[i], prediction, settings.Threshold))];
            case BertHead.Regression:
                return [.. session.Regress(texts, options, cancellation).Select((value, i) => Regressed(texts[i], value))];
            case BertHead.Encoder or BertHead.Embedding:
                return [.. session.Embed(texts, settings.Embed, options, cancellation).Select((vector, i) => Embedded(texts[i], vector))];
        }

        if (FindsEntities(session, settings.Aggregation))
        {
            string[] plain = [.. texts.Select(text => text.Pair is null ? text.Text : throw OneText())];
            EntityAggregation aggregation = settings.Aggregation ?? EntityAggregation.Simple;
            return [.. session.FindEntities(plain, aggregation, options, cancellation).Select((found, i) => Named(texts[i], found))];
        }

        var results = new List<TextResult>();
        foreach (TextInput text in texts)
        {
            cancellation.ThrowIfCancellationRequested();
            results.Add(session.Spec.Head switch
            {
                BertHead.QuestionAnswering => Answered(session, text, settings.Answer, options),
                BertHead.MaskedLanguageModel => Filled(session, text, options),
                BertHead.TokenClassification => Tagged(session, text, options),
                BertHead head => throw new InvalidOperationException($"nobody said how to show what the head {head} answers"),
            });
        }

        return results;
    }

    /// <summary>Says why a model can have no answer for a text; null when it can.</summary>
    public static string? Problem(InferenceSession session, TextInput text, CallOptions options, EntityAggregation? aggregation)
    {
        string mask = session.Tokenizer.Options.MaskToken;
        switch (session.Spec.Head)
        {
            case BertHead.QuestionAnswering:
                return text.Pair is null ? "has no context after a tab" : null;
            case BertHead.MaskedLanguageModel when text.Pair is not null || !text.Text.Contains(mask, StringComparison.Ordinal):
                return $"is not one text with {mask} in it";
            case BertHead.TokenClassification when text.Pair is not null:
                return "has a second text after a tab, and this model tags the words of one";
            case BertHead.TokenClassification when FindsEntities(session, aggregation):
                return null;
        }

        int length = options.MaxLength is null && options.Windows is null ? session.Tokenizer.Encode(text.Text, text.Pair).Length : 0;
        return length <= session.MaxSequenceLength
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"has {length} tokens, and this model takes at most {session.MaxSequenceLength}; truncate with --max-length {session.MaxSequenceLength}");
    }

    /// <summary>Says in a text's place why it has no answer.</summary>
    public static TextResult Failed(TextInput text, string problem) => new(Members(text, ("error", problem)), string.Empty);

    private static TextResult Classified(InferenceSession session, TextInput text, Prediction prediction, double threshold) =>
        session.OutputActivation == OutputActivation.Sigmoid ? Labelled(session, text, prediction, threshold) : Classified(text, prediction);

    private static TextResult Labelled(InferenceSession session, TextInput text, Prediction prediction, double threshold)
    {
        IReadOnlyList<LabelProbability> labels = prediction.Above(threshold);
        string shown = labels.Count == 0 ? "no label" : string.Join(
            ", ", labels.Select(label => string.Create(CultureInfo.InvariantCulture, $"{label.Label} {label.Probability:0.0000}")));
        return new TextResult(
            Members(
                text, ("labels", labels.Select(label => label.Label)), ("probabilities", session.Labels.Zip(prediction.Probabilities)
                    .DistinctBy(pair => pair.First).ToDictionary(pair => pair.First, pair => pair.Second)), ("logits", prediction.Logits)),
            $"{shown}\t{Shown(text)}");
    }

    private static TextResult Classified(TextInput text, Prediction prediction) => new(
        Members(text, ("label", prediction.Label), ("probability", prediction.Probability), ("logits", prediction.Logits)),
        string.Create(CultureInfo.InvariantCulture, $"{prediction.Label}\t{prediction.Probability:0.0000}\t{Shown(text)}"));

    private static TextResult Regressed(TextInput text, float value) => new(
        Members(text, ("value", value), ("logits", new[] { value })),
        string.Create(CultureInfo.InvariantCulture, $"{value:0.0000}\t{Shown(text)}"));

    private static TextResult Embedded(TextInput text, float[] vector) => new(
        Members(text, ("vector", vector)),
        string.Join(' ', vector.Select(value => value.ToString("G6", CultureInfo.InvariantCulture))));

    private static TextResult Answered(InferenceSession session, TextInput text, AnswerOptions how, CallOptions options)
    {
        if (text.Pair is not string context)
        {
            throw new UsageException("this model answers questions; give the question as --text and the context as --pair");
        }

        Answer answer = session.Answer(text.Text, context, how, options);
        return new TextResult(
            Members(text, ("answer", answer.Text), ("start", answer.Start), ("end", answer.End), ("score", answer.Score)),
            answer.Text.Length == 0 ? "no answer" : answer.Text);
    }

    private static TextResult Filled(InferenceSession session, TextInput text, CallOptions options)
    {
        string mask = session.Tokenizer.Options.MaskToken;
        if (text.Pair is not null || !text.Text.Contains(mask, StringComparison.Ordinal))
        {
            throw new UsageException($"this model fills masked places; give one text with {mask} in it");
        }

        IReadOnlyList<IReadOnlyList<MaskedWord>> places = session.FillMask(text.Text, options: options);
        return new TextResult(
            Members(text, ("masks", places.Select(words => words.Select(word => new Dictionary<string, object?>
            {
                ["piece"] = word.Piece,
                ["probability"] = word.Probability,
            })))),
            string.Join('\n', places.Select(words => string.Join(
                "  ", words.Select(word => string.Create(CultureInfo.InvariantCulture, $"{word.Piece} {word.Probability:0.0000}"))))));
    }

    // Tags of entities have one for all that is none; those of parts of speech have not.
    private static bool FindsEntities(InferenceSession session, EntityAggregation? aggregation) => session.Spec.Head == BertHead.TokenClassification
        && (aggregation is EntityAggregation asked ? asked != EntityAggregation.None : session.Labels.Contains(OutsideTag));

    private static UsageException OneText() => new("this model tags the words of one text; leave out --pair");

    private static TextResult Named(TextInput text, IReadOnlyList<Entity> entities) => new(
        Members(text, ("entities", entities.Select(entity => new Dictionary<string, object?>
        {
            ["text"] = entity.Text,
            ["label"] = entity.Label,
            ["start"] = entity.Start,
            ["end"] = entity.End,
            ["score"] = entity.Score,
        }))),
        entities.Count == 0 ? "no entity" : string.Join("  ", entities.Select(entity => string.Create(
            CultureInfo.InvariantCulture, $"{entity.Text}/{entity.Label} {entity.Start}-{entity.End} {entity.Score:0.0000}"))));

    private static TextResult Tagged(InferenceSession session, TextInput text, CallOptions options)
    {
        if (text.Pair is not null)
        {
            throw OneText();
        }

        IReadOnlyList<TokenTag> tags = session.TagTokens(text.Text, options);
        return new TextResult(
            Members(text, ("tags", tags.Select(tag => new Dictionary<string, object?>
            {
                ["token"] = tag.Piece,
                ["start"] = tag.Start,
                ["end"] = tag.End,
                ["label"] = tag.Label,
                ["probability"] = tag.Probability,
            }))),
            string.Join(' ', tags.Select(tag => $"{tag.Piece}/{tag.Label}")));
    }

    private static Dictionary<string, object?> Members(TextInput text, params (string Key, object? Value)[] members)
    {
        var all = new Dictionary<string, object?> { ["text"] = text.Text };
        if (text.Pair is not null)
        {
            all.Add("pair", text.Pair);
        }

        foreach ((string key, object? value) in members)
        {
            all.Add(key, value);
        }

        return all;
    }

    private static string Shown(TextInput text) => text.Pair is null ? text.Text : $"{text.Text}\t{text.Pair}";
}
