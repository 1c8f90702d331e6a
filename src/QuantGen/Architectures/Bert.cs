using QuantGen.Graph;

namespace QuantGen.Architectures;

/// <summary>BERT (Devlin et al., 2019): every layer has weights of its own; its tensor names are the canonical ones.</summary>
internal sealed class Bert : ModelFamily
{
    public override BertArchitecture Architecture => BertArchitecture.Bert;

    public override string ModelType => "bert";

    public override string Name => "BERT";

    public override string ClassPrefix => "Bert";

    internal override TensorNames Names { get; } = new(
        "bert.",
        Array.Empty<(string, string)>(),
        "embeddings.position_ids", "embeddings.token_type_ids", "cls.", "pooler.");

    internal override ModelConfig Read(ConfigKeys file) => file.BertDimensions(Defaults);

    internal override IReadOnlyList<Node> Head(ModelConfig d, BertHead head, int outputs) => Steps.BertHeads(d, head, outputs);
}
