using System.Runtime.CompilerServices;
using QuantGen.Architectures;
using QuantGen.Graph;

namespace QuantGen.Specs;

/// <summary>
/// A model's identity: everything that generated code and a packed file must agree on. Compared by value: adding a symbol or a location here breaks caching.
/// Bounds of the memory plan, labels, and how codes were found (<see cref="Recipe"/>) are not part of it, since neither code nor layout depends on them.
/// </summary>
public sealed record ModelSpec
{
    /// <summary>Gets the dimensions; labels and head of the configuration file are not part of the identity.</summary>
    public ModelConfig Dimensions { get; init; } = new();

    /// <summary>Gets what stands on top of the encoder.</summary>
    public BertHead Head { get; init; }

    /// <summary>Gets the outputs of the head; 0 without one, the vocabulary's size for a masked language model.</summary>
    public int OutputCount { get; init; }

    /// <summary>Gets the bits of the word embedding.</summary>
    public int EmbeddingBits { get; init; } = Defaults.FullPrecisionBits;

    /// <summary>Gets how the word embedding is stored; <see cref="Storage.FullPrecision"/> exactly when it has 32 bits.</summary>
    public Storage EmbeddingStorage { get; init; } = Storage.FullPrecision;

    /// <summary>Gets whether the word embedding is stored as codes.</summary>
    public bool HasQuantizedEmbedding => EmbeddingStorage != Storage.FullPrecision;

    /// <summary>Gets whether the word embedding's codes are labels of a codebook.</summary>
    public bool HasEmbeddingCodebook => EmbeddingStorage == Storage.Codebook;

    /// <summary>Gets whether the word embedding is the sum of two tables of one bit.</summary>
    public bool HasEmbeddingPair => EmbeddingStorage == Storage.BinaryPair;

    /// <summary>Gets the rows of the word embedding that are stored: twice the vocabulary of a pair, whose first table comes first.</summary>
    public int EmbeddingRows => Dimensions.VocabularySize * (HasEmbeddingPair ? 2 : 1);

    /// <summary>Gets the bits of the embeddings of positions and of token types: 8, or 32 for full precision.</summary>
    public int PositionBits { get; init; } = Defaults.PositionBits;

    /// <summary>Gets whether embeddings of positions and of token types are stored as codes.</summary>
    public bool HasQuantizedPositions => PositionBits != Defaults.FullPrecisionBits;

    /// <summary>Gets the bits of activations that enter quantized products; 32 where none is quantized because weights have codebooks.</summary>
    public int ActivationBits { get; init; }

    /// <summary>Gets whether activations that enter quantized products have one bit.</summary>
    public bool HasBitActivations => ActivationBits == 1;

    /// <summary>Gets the bits of what attention multiplies: queries, keys, values and probabilities; 32 for full precision.</summary>
    public int AttentionBits { get; init; } = 32;

    /// <summary>Gets what the model computes with between its products.</summary>
    public Numerics Numerics { get; init; }

    /// <summary>Gets whether there is no float between token ids and outputs.</summary>
    public bool IsInteger => Numerics == Numerics.Integer;

    /// <summary>Gets whether operands and results of all operations but sums are codes, weights and embeddings included.</summary>
    public bool IsRounded => ShowsRounding && Matrices.Any(matrix => matrix.IsQuantized);

    /// <summary>Gets whether calibration sees every place that such a model rounds; that in floats, which it is calibrated by, rounds nothing.</summary>
    public bool ShowsRounding => Numerics == Numerics.Quantized;

    /// <summary>Gets how attention weighs values.</summary>
    public AttentionKind Attention { get; init; }

    /// <summary>Gets whether attention multiplies integers of stored ranges.</summary>
    public bool HasQuantizedAttention => AttentionBits != 32;

    /// <summary>Gets where activation ranges come from.</summary>
    public ActivationRange ActivationRange { get; init; }

    /// <summary>Gets whether residuals have a factor per column: it gives back what the normalization they come from was divided by. Default no.</summary>
    public bool HasResidualFactors { get; init; }

    /// <summary>Gets the linear layers in the order of the forward pass, the head excepted.</summary>
    public EquatableArray<MatrixSpec> Matrices { get; init; }

    /// <summary>Gets the model as steps in the order of the forward pass.</summary>
    public ModelGraph Graph => s_graphs.GetValue(
        this, spec => ModelFamilies.Of(spec.Dimensions.Architecture).Graph(spec.Dimensions, spec.Head, spec.OutputCount, spec.HasResidualFactors));

    /// <summary>Gets the number of distinct encoder layers.</summary>
    public int BlockCount => Graph.Layers.Count;

    /// <summary>Gets how many times each distinct layer is used.</summary>
    public int UsesPerBlock => Graph.UsesPerLayer;

    /// <summary>Gets the width of one attention head.</summary>
    public int HeadSize => Dimensions.AttentionWidth / Dimensions.Heads;

    /// <summary>Gets whether the head reads first tokens only.</summary>
    public bool IsPooled => Graph.IsPooled;

    /// <summary>Gets whether a linear layer with <see cref="OutputCount"/> outputs stands at the end.</summary>
    public bool HasOutputLayer => Graph.OutputLayer is not null;

    /// <summary>Gets the name of the last linear layer, or an empty text.</summary>
    public string OutputLayerName => Graph.OutputLayer?.Name ?? string.Empty;

    /// <summary>Gets whether the head predicts word pieces, with the word embedding as weights.</summary>
    public bool HasMaskedLanguageHead => Graph.Decoder is not null;

    /// <summary>Gets the canonical JSON without line ends.</summary>
    public string CanonicalJson => SpecJson.Write(this, indented: false);

    /// <summary>Gets the lower-case hexadecimal SHA-256 of <see cref="CanonicalJson"/>.</summary>
    public string Sha256 => SpecJson.Sha256(CanonicalJson);

    // Beside the record, whose members are its identity.
    private static readonly ConditionalWeakTable<ModelSpec, ModelGraph> s_graphs = new();

    /// <summary>Keeps a graph that was built already, instead of building it again.</summary>
    internal void Keep(ModelGraph graph) => s_graphs.Add(this, graph);

    /// <summary>Gets the matrix with a name.</summary>
    /// <param name="name">The canonical name of one of <see cref="Matrices"/> or of <see cref="PositionTables"/>.</param>
    public MatrixSpec Matrix(string name) => Matrices.FirstOrDefault(m => m.Name == name) ?? PositionTables().First(m => m.Name == name);

    /// <summary>Gets the embeddings that are added to the word's, of positions and, where there are some, of token types, as matrices with a scale for each row
    /// or in full precision.</summary>
    public IReadOnlyList<MatrixSpec> PositionTables()
    {
        EmbeddingNode node = Graph.Embedding.OfType<EmbeddingNode>().First();
        MatrixSpec Table(string name, int rows) => new(name, rows, node.Columns, PositionBits, rows, 0, RowMapping, default)
        {
            Storage = HasQuantizedPositions ? Storage.Uniform : Storage.FullPrecision,
        };
        MatrixSpec positions = Table(PackedLayout.PositionEmbedding, node.Positions);
        return node.Types == 0 ? new[] { positions } : new[] { positions, Table(PackedLayout.TypeEmbedding, node.Types) };
    }

    /// <summary>Gets how codes of the rows of embeddings are spread.</summary>
    internal Mapping RowMapping => IsRounded ? Mapping.Offset : Mapping.Symmetric;

    /// <summary>Gets the places where activations enter linear layers, in the order of the forward pass.</summary>
    public IReadOnlyList<ActivationSite> ActivationSites() => ActivationSite.Of(this);

    /// <summary>
    /// Gets the places where attention's operands are quantized, in the order of the forward pass: query, key, value and, where numbers between products are
    /// floats, probabilities of each distinct layer; empty in full precision.
    /// </summary>
    public IReadOnlyList<ActivationSite> AttentionSites() => ActivationSite.OfAttention(this);

    /// <summary>Gets what is rounded, or shown, between products; empty where these are floats or integers.</summary>
    public IReadOnlyList<ActivationSite> RoundingSites() => RoundingPlaces().SelectMany(place => place.Sites).ToArray();

    /// <summary>Gets the steps that <see cref="RoundingSites"/> belong to.</summary>
    internal IReadOnlyList<RoundingPlace> RoundingPlaces() => ShowsRounding ? RoundingPlace.Of(Graph) : Array.Empty<RoundingPlace>();
}
