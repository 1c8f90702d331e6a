namespace QuantGen.Specs;

/// <summary>
/// Everything that generated code and a packed file must agree on. Compared by value: adding a symbol or a location here breaks caching.
/// Bounds of the memory plan and labels are not part of it, since a file does not depend on them.
/// </summary>
public sealed record ModelSpec
{
    /// <summary>Gets the dimensions; labels and head of the configuration file are not part of the identity.</summary>
    public ModelConfig Dimensions { get; init; } = new();

    /// <summary>Gets what stands on top of the encoder.</summary>
    public BertHead Head { get; init; }

    /// <summary>Gets the outputs of the head; 0 without one.</summary>
    public int OutputCount { get; init; }

    /// <summary>Gets the bits of the word embedding.</summary>
    public int EmbeddingBits { get; init; }

    /// <summary>Gets the bits of activations that enter quantized products.</summary>
    public int ActivationBits { get; init; }

    /// <summary>Gets where activation ranges come from.</summary>
    public ActivationRange ActivationRange { get; init; }

    /// <summary>Gets the linear layers in the order of the forward pass, the head excepted.</summary>
    public EquatableArray<MatrixSpec> Matrices { get; init; }

    /// <summary>Gets the number of distinct encoder layers: 1 for ALBERT.</summary>
    public int BlockCount => Dimensions.Architecture == BertArchitecture.Albert ? 1 : Dimensions.Layers;

    /// <summary>Gets how many times each distinct layer is used.</summary>
    public int UsesPerBlock => Dimensions.Architecture == BertArchitecture.Albert ? Dimensions.Layers : 1;

    /// <summary>Gets the width of one attention head.</summary>
    public int HeadSize => Dimensions.HiddenSize / Dimensions.Heads;

    /// <summary>Gets whether the first token goes through the pooler.</summary>
    public bool HasPooler => Head is BertHead.SequenceClassification or BertHead.Regression;

    /// <summary>Gets whether a linear layer with <see cref="OutputCount"/> outputs stands at the end.</summary>
    public bool HasOutputLayer => OutputCount > 0;

    /// <summary>Gets the name of the last linear layer, or an empty text.</summary>
    public string OutputLayerName => !HasOutputLayer ? string.Empty : Head == BertHead.QuestionAnswering ? "qa_outputs" : "classifier";

    /// <summary>Gets the canonical JSON without line ends.</summary>
    public string CanonicalJson => SpecJson.Write(this, indented: false);

    /// <summary>Gets the lower-case hexadecimal SHA-256 of <see cref="CanonicalJson"/>.</summary>
    public string Sha256 => SpecJson.Sha256(CanonicalJson);

    /// <summary>Gets the matrix with a name.</summary>
    /// <param name="name">A canonical name.</param>
    public MatrixSpec Matrix(string name) => Matrices.First(m => m.Name == name);

    /// <summary>Gets the places where activations are quantized, in the order of the forward pass.</summary>
    public IReadOnlyList<ActivationSite> ActivationSites() => ActivationSite.Of(this);
}
