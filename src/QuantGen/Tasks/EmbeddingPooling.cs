namespace QuantGen.Tasks;

/// <summary>How the last hidden states of a text become one vector. Several together are concatenated in the order of the members.</summary>
[Flags]
public enum EmbeddingPooling
{
    /// <summary>The first token, <c>[CLS]</c>.</summary>
    Cls = 1,

    /// <summary>The largest value of each element over all tokens.</summary>
    Max = 2,

    /// <summary>The mean over all tokens, the special ones included (Reimers and Gurevych, 2019, Sentence-BERT).</summary>
    Mean = 4,

    /// <summary>The sum over all tokens, divided by the root of their number.</summary>
    MeanSqrtLen = 8,

    /// <summary>The last token.</summary>
    LastToken = 16,
}
