using QuantGen.Architectures;
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

    /// <summary>Puts the explicit dimensions over those of a file or, where there is none or it is of another family, the defaults of the family.</summary>
    /// <param name="file">What the file says, or the defaults of the first family.</param>
    /// <param name="hasFile">Whether there is a file.</param>
    public ModelConfig Over(ModelConfig file, bool hasFile)
    {
        ModelFamily family = ModelFamilies.Of(Architecture ?? file.Architecture);
        ModelConfig defaults = family.Defaults;
        bool isOther = family.Architecture != file.Architecture;
        ModelConfig rest = isOther && !hasFile ? defaults : file;
        ModelConfig own = isOther ? defaults : file; // what means the same in no two families
        int hidden = HiddenSize ?? rest.HiddenSize;
        return rest with
        {
            Architecture = family.Architecture,
            Layers = Layers ?? rest.Layers,
            HiddenSize = hidden,
            EmbeddingSize = EmbeddingSize ?? (family.HasEmbeddingProjection ? own.EmbeddingSize : hidden),
            Heads = Heads ?? rest.Heads,
            IntermediateSize = IntermediateSize ?? rest.IntermediateSize,
            VocabularySize = VocabularySize ?? rest.VocabularySize,
            MaxPositions = MaxPositions ?? rest.MaxPositions,
            TypeVocabularySize = TypeVocabularySize ?? own.TypeVocabularySize,
            HiddenActivation = HiddenActivation ?? own.HiddenActivation,
        };
    }
}
