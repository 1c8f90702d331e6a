using QuantGen.Graph;

namespace QuantGen.Generators.Specs;

/// <summary>The dimensions that the attribute sets itself; null where it is silent. Compared by value.</summary>
internal sealed record ExplicitDimensions
{
    public BertArchitecture? Architecture { get; init; }

    public int? Layers { get; init; }

    public int? HiddenSize { get; init; }

    public int? EmbeddingSize { get; init; }

    public int? Heads { get; init; }

    public int? IntermediateSize { get; init; }

    public int? VocabularySize { get; init; }

    public int? MaxPositions { get; init; }

    public int? TypeVocabularySize { get; init; }

    public HiddenActivation? HiddenActivation { get; init; }

    /// <summary>Puts the explicit dimensions over those of a file or the defaults.</summary>
    public ModelConfig Over(ModelConfig file)
    {
        BertArchitecture architecture = Architecture ?? file.Architecture;
        int hidden = HiddenSize ?? file.HiddenSize;
        bool albert = architecture == BertArchitecture.Albert;
        return file with
        {
            Architecture = architecture,
            Layers = Layers ?? file.Layers,
            HiddenSize = hidden,
            EmbeddingSize = EmbeddingSize ?? (albert ? (file.Architecture == architecture ? file.EmbeddingSize : 128) : hidden),
            Heads = Heads ?? file.Heads,
            IntermediateSize = IntermediateSize ?? file.IntermediateSize,
            VocabularySize = VocabularySize ?? file.VocabularySize,
            MaxPositions = MaxPositions ?? file.MaxPositions,
            TypeVocabularySize = TypeVocabularySize ?? file.TypeVocabularySize,
            HiddenActivation = HiddenActivation ?? (albert && file.Architecture != architecture ? QuantGen.HiddenActivation.GeluNew : file.HiddenActivation),
        };
    }
}
