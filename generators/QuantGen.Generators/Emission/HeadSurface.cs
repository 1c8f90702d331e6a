namespace QuantGen.Generators.Emission;

/// <summary>What a class offers for its head: one row per member, which the session has under the same name.</summary>
internal static class HeadSurface
{
    private const string Prediction = "global::QuantGen.Tasks.Prediction";
    private const string TokenTag = "global::QuantGen.Tasks.TokenTag";
    private const string WordTag = "global::QuantGen.Tasks.WordTag";
    private const string Entity = "global::QuantGen.Tasks.Entity";
    private const string Answer = "global::QuantGen.Tasks.Answer";
    private const string MaskedWord = "global::QuantGen.Tasks.MaskedWord";

    private static readonly SurfaceParameter s_text = new("string", "text", "The text.");
    private static readonly SurfaceParameter s_characters = new("global::System.ReadOnlySpan<char>", "text", "The text.");
    private static readonly SurfaceParameter s_vector = new("global::System.Span<float>", "vector", "Receives the vector.");
    private static readonly SurfaceParameter s_pair = new("string?", "pair", "The second text of a pair.", "null");
    private static readonly SurfaceParameter s_texts = new(ListOf("global::QuantGen.Tasks.TextInput"), "texts", "The texts or pairs of texts.");
    private static readonly SurfaceParameter s_plainTexts = new(ListOf("string"), "texts", "The texts.");
    private static readonly SurfaceParameter s_aggregation = new(
        "global::QuantGen.Tasks.EntityAggregation", "aggregation", "How tags become entities.", "global::QuantGen.Tasks.EntityAggregation.Simple");
    private static readonly SurfaceParameter s_question = new("string", "question", "The question.");
    private static readonly SurfaceParameter s_context = new("string", "context", "The text that holds the answer.");
    private static readonly SurfaceParameter s_questions =
        new(ListOf("global::QuantGen.Tasks.QuestionInput"), "questions", "The questions with their contexts.");
    private static readonly SurfaceParameter s_answer =
        new("global::QuantGen.Tasks.AnswerOptions?", "answer", "Answer length and windows; null for defaults.", "null");
    private static readonly SurfaceParameter s_embed =
        new("global::QuantGen.Tasks.EmbedOptions?", "embed", "Pooling and normalization; null for defaults.", "null");
    private static readonly SurfaceParameter s_words = new("int", "top", "How many words for each.", "5");
    private static readonly SurfaceParameter s_answers = new("int", "top", "How many answers at most.", "5");
    private static readonly SurfaceParameter s_options = new("global::QuantGen.CallOptions?", "options", "Threads and truncation; null for defaults.", "null");
    private static readonly SurfaceParameter s_cancellation =
        new("global::System.Threading.CancellationToken", "cancellation", "Ends the call before its next pass.", "default");

    private static readonly SurfaceMember s_labels = new(ListOf("string"), "Labels", "Gets the labels in the order of the head's outputs.");

    /// <summary>Gets the members for a head.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Nobody said what a class with this head offers.</exception>
    public static IReadOnlyList<SurfaceMember> Of(BertHead head) => head switch
    {
        BertHead.SequenceClassification => new[]
        {
            s_labels,
            new(Prediction, "Classify", "Classifies a text or a pair of texts.", s_text, s_pair, s_options),
            new(ListOf(Prediction), "Classify", "Classifies texts; a prediction for each, in order.", s_texts, s_options, s_cancellation),
        },
        BertHead.Regression => new SurfaceMember[]
        {
            new("float", "Regress", "Computes the real output for a text or a pair of texts.", s_text, s_pair, s_options),
            new("float[]", "Regress", "Computes the real outputs for texts, in order.", s_texts, s_options, s_cancellation),
        },
        BertHead.TokenClassification => new[]
        {
            s_labels,
            new(ListOf(TokenTag), "TagTokens", "Labels the tokens of a text.", s_text, s_options),
            new(ListOf(ListOf(TokenTag)), "TagTokens", "Labels the tokens of texts, in order.", s_texts, s_options, s_cancellation),
            new(ListOf(WordTag), "TagWords", "Labels the words of a text, each by its first piece.", s_text, s_options),
            new(ListOf(ListOf(WordTag)), "TagWords", "Labels the words of texts, in order, each by its first piece.", s_texts, s_options, s_cancellation),
            new(ListOf(Entity), "FindEntities", "Finds the entities of a text of any length.", s_text, s_aggregation, s_options),
            new(
                ListOf(ListOf(Entity)),
                "FindEntities",
                "Finds the entities of texts of any length, in order.",
                s_plainTexts, s_aggregation, s_options, s_cancellation),
        },
        BertHead.QuestionAnswering => new SurfaceMember[]
        {
            new(Answer, "Answer", "Finds the answer to a question inside a context.", s_question, s_context, s_answer, s_options, s_cancellation),
            new(ListOf(Answer), "Answer", "Finds the answers to questions, one for each, in order.", s_questions, s_answer, s_options, s_cancellation),
            new(
                ListOf(Answer),
                "Answers",
                "Lists the best answers to a question, the best first.",
                s_question, s_context, s_answers, s_answer, s_options, s_cancellation),
        },
        BertHead.MaskedLanguageModel => new SurfaceMember[]
        {
            new(ListOf(ListOf(MaskedWord)), "FillMask", "Finds the likeliest words for every mask token of a text.", s_text, s_words, s_options),
            new(
                ListOf(ListOf(ListOf(MaskedWord))),
                "FillMask",
                "Finds the likeliest words for every mask token of texts, in order.",
                s_texts, s_words, s_options, s_cancellation),
        },
        BertHead.Encoder or BertHead.Embedding => new SurfaceMember[]
        {
            new("float[]", "Embed", "Computes one vector for a text.", s_text, s_embed, s_options),
            new("void", "Embed", "Computes one vector for a text into room for it, and allocates nothing.", s_characters, s_vector, s_embed, s_options),
            new("float[][]", "Embed", "Computes a vector for each of the texts, in order.", s_texts, s_embed, s_options, s_cancellation),
        },
        _ => throw new ArgumentOutOfRangeException(nameof(head), head, "nobody said what a class with this head offers"),
    };

    private static string ListOf(string type) => $"global::System.Collections.Generic.IReadOnlyList<{type}>";
}
