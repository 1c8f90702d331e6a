using QuantGen.Graph;

namespace QuantGen.Architectures;

/// <summary>ALBERT (Lan et al., 2020): one layer used over and over, and embeddings narrower than the hidden states.</summary>
internal sealed class Albert : ModelFamily
{
    private const string Shared = "encoder.albert_layer_groups.0.albert_layers.0.";

    public override BertArchitecture Architecture => BertArchitecture.Albert;

    public override string ModelType => "albert";

    public override string Name => "ALBERT";

    public override string ClassPrefix => "Albert";

    public override ModelConfig Defaults => new()
    {
        Architecture = Architecture, VocabularySize = 30000, EmbeddingSize = 128, HiddenActivation = HiddenActivation.GeluNew,
    };

    public override bool HasEmbeddingProjection => true;

    // Its checkpoints have the map even where both widths are equal.
    public override bool AlwaysProjects => true;

    // The one shared layer is layer 0.
    internal override TensorNames Names { get; } = new(
        "albert.",
        new[]
        {
            (Shared + "attention.query.", "encoder.layer.0.attention.self.query."),
            (Shared + "attention.key.", "encoder.layer.0.attention.self.key."),
            (Shared + "attention.value.", "encoder.layer.0.attention.self.value."),
            (Shared + "attention.dense.", "encoder.layer.0.attention.output.dense."),
            (Shared + "attention.LayerNorm.", "encoder.layer.0.attention.output.LayerNorm."),
            (Shared + "ffn.", "encoder.layer.0.intermediate.dense."),
            (Shared + "ffn_output.", "encoder.layer.0.output.dense."),
            (Shared + "full_layer_layer_norm.", "encoder.layer.0.output.LayerNorm."),
            ("pooler.weight", "pooler.dense.weight"),
            ("pooler.bias", "pooler.dense.bias"),
            ("predictions.dense.", Steps.MaskedLanguageTransform + ".dense."),
            ("predictions.LayerNorm.", Steps.MaskedLanguageTransform + ".LayerNorm."),
            ("predictions.bias", Steps.MaskedLanguageBias),
            ("predictions.decoder.", Steps.MaskedLanguageDecoder + "."),
        },
        "embeddings.position_ids", "embeddings.token_type_ids", "cls.", "sop_classifier.", "pooler.");

    public override int DistinctLayers(ModelConfig d) => 1;

    internal override IEnumerable<(string Key, object Value)> Keys(ModelConfig d) => base.Keys(d).Append(("embedding_size", d.EmbeddingSize));

    internal override ModelConfig Read(ConfigKeys file)
    {
        file.RejectNumber("num_hidden_groups", 1);
        file.RejectNumber("inner_group_num", 1);
        return file.BertDimensions(Defaults) with { EmbeddingSize = file.Integer("embedding_size", Defaults.EmbeddingSize) };
    }

    internal override IReadOnlyList<Node> Head(ModelConfig d, BertHead head, int outputs) => Steps.BertHeads(d, head, outputs);
}
