using QuantGen.Graph;

namespace QuantGen.Architectures;

/// <summary>ELECTRA (Clark et al., 2020), discriminator or generator: BERT's layers, embeddings that may be narrower, no pooler.</summary>
internal sealed class Electra : ModelFamily
{
    public override BertArchitecture Architecture => BertArchitecture.Electra;

    public override string ModelType => "electra";

    public override string Name => "ELECTRA";

    public override string ClassPrefix => "Electra";

    public override ModelConfig Defaults => new()
    {
        Architecture = Architecture, HiddenSize = 256, EmbeddingSize = 128, Heads = 4, IntermediateSize = 1024,
    };

    public override bool HasEmbeddingProjection => true;

    internal override TensorNames Names { get; } = new(
        "electra.",
        new[]
        {
            ("embeddings_project.", Steps.EmbeddingProjection + "."),
            ("generator_predictions.dense.", Steps.MaskedLanguageTransform + ".dense."),
            ("generator_predictions.LayerNorm.", Steps.MaskedLanguageTransform + ".LayerNorm."),
            ("generator_lm_head.bias", Steps.MaskedLanguageBias),
            ("generator_lm_head.", Steps.MaskedLanguageDecoder + "."),
        },
        "embeddings.position_ids", "embeddings.token_type_ids", "cls.", "discriminator_predictions.");

    internal override IEnumerable<(string Key, object Value)> Keys(ModelConfig d) => base.Keys(d).Append(("embedding_size", d.EmbeddingSize));

    internal override ModelConfig Read(ConfigKeys file) =>
        file.BertDimensions(Defaults) with { EmbeddingSize = file.Integer("embedding_size", Defaults.EmbeddingSize) };

    // Heads have GELU whatever the layers have.
    internal override IReadOnlyList<Node> Head(ModelConfig d, BertHead head, int outputs) => head switch
    {
        BertHead.SequenceClassification or BertHead.Regression =>
            Steps.PooledHead(d, "classifier.dense", HiddenActivation.Gelu, "classifier.out_proj", outputs, dropsFirst: true),
        BertHead.MaskedLanguageModel => Steps.MaskedLanguageHead(d, HiddenActivation.Gelu),
        _ => Steps.PlainHead(d, head, outputs),
    };
}
