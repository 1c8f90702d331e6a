namespace QuantGen;

/// <summary>The model families whose code can be generated.</summary>
public enum BertArchitecture
{
    /// <summary>Every layer has weights of its own (Devlin et al., 2019).</summary>
    Bert,

    /// <summary>One layer used over and over, and a factorised embedding (Lan et al., 2020).</summary>
    Albert,

    /// <summary>Half of BERT's layers, no token types, no pooler (Sanh et al., 2019).</summary>
    DistilBert,

    /// <summary>BERT's layers over embeddings that may be narrower, no pooler (Clark et al., 2020).</summary>
    Electra,
}
