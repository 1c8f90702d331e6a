using QuantGen.Graph;

namespace QuantGen.Architectures;

/// <summary>DistilBERT (Sanh et al., 2019): half of BERT's layers, without token types and without a pooler.</summary>
internal sealed class DistilBert : ModelFamily
{
    private const string Layer = "transformer.layer.#.";
    private const string Canonical = "encoder.layer.#.";

    public override BertArchitecture Architecture => BertArchitecture.DistilBert;

    public override string ModelType => "distilbert";

    public override string Name => "DistilBERT";

    public override string ClassPrefix => "DistilBert";

    // Its LayerNorm always adds 1e-12, which no key of its files changes.
    public override ModelConfig Defaults => new() { Architecture = Architecture, Layers = 6, TypeVocabularySize = 0, LayerNormEpsilon = 1e-12 };

    public override bool HasTokenTypes => false;

    internal override TensorNames Names { get; } = new(
        "distilbert.",
        new[]
        {
            (Layer + "attention.q_lin.", Canonical + "attention.self.query."),
            (Layer + "attention.k_lin.", Canonical + "attention.self.key."),
            (Layer + "attention.v_lin.", Canonical + "attention.self.value."),
            (Layer + "attention.out_lin.", Canonical + "attention.output.dense."),
            (Layer + "sa_layer_norm.", Canonical + "attention.output.LayerNorm."),
            (Layer + "ffn.lin1.", Canonical + "intermediate.dense."),
            (Layer + "ffn.lin2.", Canonical + "output.dense."),
            (Layer + "output_layer_norm.", Canonical + "output.LayerNorm."),
            ("vocab_transform.", Steps.MaskedLanguageTransform + ".dense."),
            ("vocab_layer_norm.", Steps.MaskedLanguageTransform + ".LayerNorm."),
            ("vocab_projector.bias", Steps.MaskedLanguageBias),
            ("vocab_projector.", Steps.MaskedLanguageDecoder + "."),
        },
        "embeddings.position_ids", "cls.");

    // Sinusoidal positions are stored like learned ones.
    internal override ModelConfig Read(ConfigKeys file)
    {
        ModelConfig defaults = Defaults;
        int hidden = file.Integer("dim", defaults.HiddenSize);
        return defaults with
        {
            Layers = file.Integer("n_layers", defaults.Layers),
            HiddenSize = hidden,
            EmbeddingSize = hidden,
            Heads = file.Integer("n_heads", defaults.Heads),
            IntermediateSize = file.Integer("hidden_dim", defaults.IntermediateSize),
            VocabularySize = file.Integer("vocab_size", defaults.VocabularySize),
            MaxPositions = file.Integer("max_position_embeddings", defaults.MaxPositions),
            HiddenActivation = file.Activation("activation", defaults.HiddenActivation),
        };
    }

    internal override IEnumerable<(string Key, object Value)> Keys(ModelConfig d) => new (string, object)[]
    {
        ("vocab_size", d.VocabularySize),
        ("dim", d.HiddenSize),
        ("n_layers", d.Layers),
        ("n_heads", d.Heads),
        ("hidden_dim", d.IntermediateSize),
        ("max_position_embeddings", d.MaxPositions),
        ("activation", ActivationNames.Of(d.HiddenActivation)),
    };

    internal override IReadOnlyList<Node> Head(ModelConfig d, BertHead head, int outputs) => head switch
    {
        BertHead.SequenceClassification or BertHead.Regression => Steps.PooledHead(d, "pre_classifier", HiddenActivation.Relu, "classifier", outputs),
        BertHead.MaskedLanguageModel => Steps.MaskedLanguageHead(d, d.HiddenActivation),
        _ => Steps.PlainHead(d, head, outputs, dropsSpans: true),
    };
}
