using QuantGen.Graph;

namespace QuantGen.Architectures;

/// <summary>Steps that families share, under canonical names: those of BERT.</summary>
internal static class Steps
{
    /// <summary>Name of the map from the embedding's width to the hidden one.</summary>
    public const string EmbeddingProjection = "encoder.embedding_hidden_mapping_in";

    /// <summary>Name of the masked language model's layer before the word embedding, without <c>.dense</c> or <c>.LayerNorm</c>.</summary>
    public const string MaskedLanguageTransform = "cls.predictions.transform";

    /// <summary>Name of the summands of the masked language model's outputs, one per word piece.</summary>
    public const string MaskedLanguageBias = "cls.predictions.bias";

    /// <summary>Name of the word embedding as the last layer of a masked language model, which a checkpoint may hold a copy of.</summary>
    public const string MaskedLanguageDecoder = "cls.predictions.decoder";

    /// <summary>Gets the embeddings, normalized and dropped, and their projection where widths differ.</summary>
    public static IReadOnlyList<Node> Embedding(ModelConfig d, bool hasTypes, bool alwaysProjects)
    {
        bool isProjected = alwaysProjects || d.EmbeddingSize != d.HiddenSize;
        string normalized = isProjected ? Values.Embedded : Values.Hidden;
        var nodes = new List<Node>
        {
            new EmbeddingNode(d.VocabularySize, d.MaxPositions, hasTypes ? d.TypeVocabularySize : 0, d.EmbeddingSize, normalized),
            new NormNode("embeddings.LayerNorm", d.EmbeddingSize, normalized, null, normalized),
            new DropoutNode(d.EmbeddingSize, normalized, normalized),
        };
        if (isProjected)
        {
            nodes.Add(new LinearNode(
                EmbeddingProjection, d.HiddenSize, d.EmbeddingSize, EmbeddingProjection, ModelPart.Embedding, Values.Embedded, Values.Hidden));
        }

        return nodes;
    }

    /// <summary>Gets a layer of attention and feed-forward, each ending in residual and normalization.</summary>
    public static IReadOnlyList<Node> PostNormLayer(ModelConfig d, int layer)
    {
        // Deep models have thousands of names: each text is made once.
        string prefix = LayerNames.Of(layer, string.Empty);
        string Name(string part) => prefix + part;
        string self = Name("attention.self");
        int hidden = d.HiddenSize;
        int attention = d.AttentionWidth;
        LinearNode Projection(string part, string output) =>
            new(Name(part), attention, hidden, self, ModelPart.QueryKeyValue, Values.Hidden, output);
        LinearNode Linear(string part, int rows, int columns, ModelPart role, string input, string output)
        {
            string name = Name(part);
            return new(name, rows, columns, name, role, input, output);
        }

        return new Node[]
        {
            Projection("attention.self.query", Values.Query),
            Projection("attention.self.key", Values.Key),
            Projection("attention.self.value", Values.Value),
            new AttentionNode(self, d.Heads, attention / d.Heads, Values.Query, Values.Key, Values.Value, Values.Context),
            Linear("attention.output.dense", hidden, attention, ModelPart.AttentionOutput, Values.Context, Values.Attended),
            new NormNode(Name("attention.output.LayerNorm"), hidden, Values.Attended, Values.Hidden, Values.Normalized),
            Linear("intermediate.dense", d.IntermediateSize, hidden, ModelPart.FeedForwardIn, Values.Normalized, Values.Intermediate),
            new ActivationNode(d.HiddenActivation, d.IntermediateSize, Values.Intermediate, Values.Activated),
            Linear("output.dense", hidden, d.IntermediateSize, ModelPart.FeedForwardOut, Values.Activated, Values.Contracted),
            new NormNode(Name("output.LayerNorm"), hidden, Values.Contracted, Values.Normalized, Values.Hidden),
        };
    }

    /// <summary>Chooses first tokens, maps each by a quantizable layer and a function, drops and gives the outputs.</summary>
    /// <param name="d">The dimensions.</param>
    /// <param name="dense">Canonical name of the quantizable layer.</param>
    /// <param name="function">The function.</param>
    /// <param name="output">Canonical name of the last layer.</param>
    /// <param name="outputs">Outputs.</param>
    /// <param name="dropsFirst">Whether the chosen states are dropped, too.</param>
    public static IReadOnlyList<Node> PooledHead(ModelConfig d, string dense, HiddenActivation function, string output, int outputs, bool dropsFirst = false)
    {
        int hidden = d.HiddenSize;
        var nodes = new List<Node> { new RowsNode(RowChoice.FirstTokens, hidden, Values.Hidden, Values.Chosen) };
        string chosen = Values.Chosen;
        if (dropsFirst)
        {
            nodes.Add(new DropoutNode(hidden, Values.Chosen, "dropped_states"));
            chosen = "dropped_states";
        }

        nodes.Add(new LinearNode(dense, hidden, hidden, dense, ModelPart.Head, chosen, Values.Pooled));
        nodes.Add(new ActivationNode(function, hidden, Values.Pooled, "pooled_activated"));
        nodes.Add(new DropoutNode(hidden, "pooled_activated", Values.Dropped));
        nodes.Add(OutputLayer(d, output, outputs, Values.Dropped));
        return nodes;
    }

    /// <summary>Gets the heads of BERT and of families that took them over.</summary>
    /// <param name="d">The dimensions.</param>
    /// <param name="head">Which.</param>
    /// <param name="outputs">Outputs.</param>
    public static IReadOnlyList<Node> BertHeads(ModelConfig d, BertHead head, int outputs) => head switch
    {
        BertHead.SequenceClassification or BertHead.Regression => PooledHead(d, "pooler.dense", HiddenActivation.Tanh, "classifier", outputs),
        BertHead.MaskedLanguageModel => MaskedLanguageHead(d, d.HiddenActivation),
        _ => PlainHead(d, head, outputs),
    };

    /// <summary>Gives outputs for every token.</summary>
    /// <param name="d">The dimensions.</param>
    /// <param name="output">Canonical name of the last layer.</param>
    /// <param name="outputs">Outputs.</param>
    /// <param name="drops">Whether the states are dropped.</param>
    public static IReadOnlyList<Node> TokenHead(ModelConfig d, string output, int outputs, bool drops)
    {
        var nodes = new List<Node> { new RowsNode(RowChoice.HeadTokens, d.HiddenSize, Values.Hidden, Values.Chosen) };
        if (drops)
        {
            nodes.Add(new DropoutNode(d.HiddenSize, Values.Chosen, Values.Dropped));
        }

        nodes.Add(OutputLayer(d, output, outputs, drops ? Values.Dropped : Values.Chosen));
        return nodes;
    }

    /// <summary>Predicts the words at chosen tokens, with the word embedding as weights.</summary>
    /// <param name="d">The dimensions.</param>
    /// <param name="function">The function between the transform and its normalization.</param>
    public static IReadOnlyList<Node> MaskedLanguageHead(ModelConfig d, HiddenActivation function) => new Node[]
    {
        new RowsNode(RowChoice.HeadTokens, d.HiddenSize, Values.Hidden, Values.Chosen),
        new LinearNode(MaskedLanguageTransform + ".dense", d.EmbeddingSize, d.HiddenSize, string.Empty, ModelPart.Head, Values.Chosen, Values.Transformed),
        new ActivationNode(function, d.EmbeddingSize, Values.Transformed, Values.TransformActivated),
        new NormNode(MaskedLanguageTransform + ".LayerNorm", d.EmbeddingSize, Values.TransformActivated, null, Values.Predicted),
        new DecoderNode(MaskedLanguageBias, d.VocabularySize, d.EmbeddingSize, Values.Predicted, Values.Logits),
    };

    /// <summary>Gets the usual heads that need no layer of their own before the last.</summary>
    /// <param name="d">The dimensions.</param>
    /// <param name="head">Which.</param>
    /// <param name="outputs">Outputs.</param>
    /// <param name="dropsSpans">Whether the states under a question-answering head are dropped.</param>
    public static IReadOnlyList<Node> PlainHead(ModelConfig d, BertHead head, int outputs, bool dropsSpans = false) => head switch
    {
        BertHead.Encoder or BertHead.Embedding => Array.Empty<Node>(),
        BertHead.TokenClassification => TokenHead(d, "classifier", outputs, drops: true),
        BertHead.QuestionAnswering => TokenHead(d, "qa_outputs", outputs, dropsSpans),
        _ => throw new ArgumentOutOfRangeException(nameof(head), head, "This head needs a description by its family."),
    };

    private static LinearNode OutputLayer(ModelConfig d, string name, int outputs, string input) =>
        new(name, outputs, d.HiddenSize, string.Empty, ModelPart.Head, input, Values.Logits);
}
