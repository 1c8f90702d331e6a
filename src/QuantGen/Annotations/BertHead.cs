namespace QuantGen;

/// <summary>What stands on top of the encoder.</summary>
public enum BertHead
{
    /// <summary>Nothing: the last hidden states are the result.</summary>
    Encoder,

    /// <summary>Pooler and a linear layer with one output per label.</summary>
    SequenceClassification,

    /// <summary>Pooler and a linear layer with a single real output.</summary>
    Regression,

    /// <summary>A linear layer with one output per label, for every token.</summary>
    TokenClassification,

    /// <summary>A linear layer with a start and an end output, for every token.</summary>
    QuestionAnswering,

    /// <summary>One vector per text, the mean of its tokens or its first token.</summary>
    Embedding,

    /// <summary>One output per word piece for masked tokens: a dense layer, GELU, normalization and the word embedding again as weights.</summary>
    MaskedLanguageModel,
}
