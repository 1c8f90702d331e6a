namespace QuantGen.Tasks;

/// <summary>How the last hidden states of a text become one vector.</summary>
public enum EmbeddingPooling
{
    /// <summary>The mean over all tokens, the special ones included (Reimers and Gurevych, 2019, Sentence-BERT).</summary>
    Mean,

    /// <summary>The first token, <c>[CLS]</c>.</summary>
    Cls,
}
