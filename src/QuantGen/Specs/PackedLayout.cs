using QuantGen.Graph;

namespace QuantGen.Specs;

/// <summary>The tensors of a packed file, the vocabulary excepted, and those of the checkpoint it is made from.</summary>
public static class PackedLayout
{
    /// <summary>Name of the tensor with the vocabulary's text.</summary>
    public const string Vocabulary = "vocabulary";

    /// <summary>Canonical name of the word embedding, without <c>.weight</c> or <c>.codes</c>.</summary>
    public const string WordEmbedding = "embeddings.word_embeddings";

    /// <summary>Canonical name of the position embedding, without <c>.weight</c> or <c>.codes</c>.</summary>
    public const string PositionEmbedding = "embeddings.position_embeddings";

    /// <summary>Canonical name of the token type embedding, without <c>.weight</c> or <c>.codes</c>.</summary>
    public const string TypeEmbedding = "embeddings.token_type_embeddings";

    /// <summary>Says whether a tensor stands before the first layer, or before a later one: members of an ensemble have it together.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="name">The tensor's name in a checkpoint, in a packed file or in training.</param>
    /// <param name="layers">How many layers count, too; default none.</param>
    public static bool IsShared(ModelSpec spec, string name, int layers = 0) => name.StartsWith("embeddings.", StringComparison.Ordinal)
        || (LayerNames.Split(name, out int layer, out _) && layer < layers)
        || spec.Graph.Embedding.OfType<LinearNode>().Any(linear =>
            name.StartsWith(linear.Name + ".", StringComparison.Ordinal) || name.StartsWith(linear.Site + ".", StringComparison.Ordinal));

    /// <summary>Lists the tensors of a packed file in the order of the forward pass.</summary>
    /// <param name="spec">The model.</param>
    public static IReadOnlyList<TensorSpec> Packed(ModelSpec spec)
    {
        var tensors = new List<TensorSpec>((spec.Matrices.Count * 5) + 8);
        HashSet<string> sites = spec.ActivationRange == ActivationRange.Static
            ? new(spec.ActivationSites().Where(site => site.IsQuantized).Select(site => site.Name), StringComparer.Ordinal)
            : new(StringComparer.Ordinal);
        int matrix = 0;
        foreach (Node node in spec.Graph.Nodes)
        {
            switch (node)
            {
                case EmbeddingNode:
                    AddWords(tensors, spec);
                    AddTables(tensors, spec.PositionTables());
                    AddRanges(tensors, spec, RoundingPlace.Embeddings);
                    break;
                case LinearNode { IsQuantizable: true } linear:
                    if (sites.Remove(linear.Site))
                    {
                        AddSite(tensors, linear.Site, spec.Graph.UsesOf(linear.Site), SiteOriginOf(spec));
                    }

                    AddMatrix(tensors, spec.Matrices[matrix++]);
                    AddRanges(tensors, spec, linear.Name);
                    break;
                case AttentionNode attention when spec.HasQuantizedAttention:
                    foreach (string operand in attention.Operands.Where(operand => ActivationSite.HasRange(spec, operand)))
                    {
                        AddSite(tensors, operand, spec.UsesPerBlock, OperandOriginOf(spec, operand));
                    }

                    AddRanges(tensors, spec, attention.Name);
                    break;
                default:
                    AddPlain(tensors, spec.Graph, node);
                    AddFactors(tensors, node);
                    AddRanges(tensors, spec, (node as NormNode)?.Name);
                    break;
            }
        }

        return tensors;
    }

    /// <summary>Lists the canonical names and shapes that a full-precision checkpoint must have for this model.</summary>
    /// <param name="spec">The model; its bits do not matter.</param>
    public static IReadOnlyList<TensorSpec> Checkpoint(ModelSpec spec)
    {
        var tensors = new List<TensorSpec>();
        foreach (Node node in spec.Graph.Nodes)
        {
            switch (node)
            {
                case EmbeddingNode embedding:
                    tensors.Add(Floats(WordEmbedding + ".weight", TensorClass.Embeddings, embedding.Words, embedding.Columns));
                    AddTables(tensors, spec.PositionTables().Select(table => table with { Storage = Storage.FullPrecision }));
                    break;
                case LinearNode { IsQuantizable: true } linear:
                    AddLinear(tensors, linear, TensorClass.Weights, TensorClass.Biases);
                    break;
                default:
                    AddPlain(tensors, spec.Graph, node);
                    break;
            }
        }

        return tensors;
    }

    // Steps whose tensors are the same in a checkpoint and a packed file; some have none.
    private static void AddPlain(List<TensorSpec> tensors, ModelGraph graph, Node node)
    {
        switch (node)
        {
            case LinearNode linear:
                AddLinear(tensors, linear, TensorClass.Head, TensorClass.Head);
                break;
            case NormNode norm:
                TensorClass of = graph.Head.Contains(norm) ? TensorClass.Head : TensorClass.LayerNorm;
                tensors.Add(Floats(norm.Name + ".weight", of, norm.Columns));
                tensors.Add(Floats(norm.Name + ".bias", of, norm.Columns));
                break;
            case DecoderNode decoder:
                tensors.Add(Floats(decoder.Bias, TensorClass.Head, decoder.Words));
                break;
        }
    }

    // A checkpoint has none.
    private static void AddFactors(List<TensorSpec> tensors, Node node)
    {
        if (node is NormNode { HasFactors: true } norm)
        {
            tensors.Add(Floats(norm.Factors, TensorClass.LayerNorm, norm.Columns));
        }
    }

    private static void AddWords(List<TensorSpec> tensors, ModelSpec spec)
    {
        ModelConfig d = spec.Dimensions;
        if (spec.EmbeddingBits == 32)
        {
            tensors.Add(Floats(WordEmbedding + ".weight", TensorClass.Embeddings, d.VocabularySize, d.EmbeddingSize));
            return;
        }

        tensors.Add(Bytes(WordEmbedding + ".codes", TensorClass.Embeddings, spec.EmbeddingRows, MatrixSpec.RowBytes(d.EmbeddingSize, spec.EmbeddingBits)));
        tensors.Add(spec.HasEmbeddingCodebook
            ? Floats(WordEmbedding + ".codebook", TensorClass.Embeddings, 1 << spec.EmbeddingBits)
            : Floats(WordEmbedding + ".scales", TensorClass.Embeddings, spec.EmbeddingRows));
        if (spec.IsRounded)
        {
            tensors.Add(Floats(WordEmbedding + ".centers", TensorClass.Embeddings, spec.EmbeddingRows));
        }
    }

    private static void AddTables(List<TensorSpec> tensors, IEnumerable<MatrixSpec> tables)
    {
        foreach (MatrixSpec table in tables)
        {
            if (table.IsQuantized)
            {
                tensors.Add(Bytes(table.Name + ".codes", TensorClass.Embeddings, table.Rows, MatrixSpec.RowBytes(table.Columns, table.Bits)));
                tensors.Add(Floats(table.Name + ".scales", TensorClass.Embeddings, table.Rows));
                if (table.HasCenters)
                {
                    tensors.Add(Floats(table.Name + ".centers", TensorClass.Embeddings, table.Rows));
                }
            }
            else
            {
                tensors.Add(Floats(table.Name + ".weight", TensorClass.Embeddings, table.Rows, table.Columns));
            }
        }
    }

    private static void AddLinear(List<TensorSpec> tensors, LinearNode linear, TensorClass weights, TensorClass biases)
    {
        tensors.Add(Floats(linear.Name + ".weight", weights, linear.Rows, linear.Width));
        tensors.Add(Floats(linear.Name + ".bias", biases, linear.Rows));
    }

    private static SiteOrigin SiteOriginOf(ModelSpec spec) => spec.IsRounded ? SiteOrigin.Center
        : spec.HasBitActivations ? SiteOrigin.Shift
        : SiteOrigin.ZeroPoint;

    private static SiteOrigin OperandOriginOf(ModelSpec spec, string operand) => !spec.IsRounded ? SiteOrigin.ZeroPoint
        : ActivationSite.IsProbabilitiesName(operand) ? SiteOrigin.None
        : SiteOrigin.Center;

    private static void AddSite(List<TensorSpec> tensors, string name, int uses, SiteOrigin origin)
    {
        tensors.Add(Floats(name + ".input_scale", TensorClass.Scales, uses));
        if (origin == SiteOrigin.None)
        {
            return;
        }

        tensors.Add(origin switch
        {
            SiteOrigin.Center => Floats(name + ".input_center", TensorClass.Scales, uses),
            SiteOrigin.Shift => Floats(name + ".input_shift", TensorClass.Scales, uses),
            _ => Bytes(name + ".input_zero_point", TensorClass.Scales, uses),
        });
    }

    private static void AddRanges(List<TensorSpec> tensors, ModelSpec spec, string? owner)
    {
        if (spec.IsRounded && spec.RoundingPlaces().FirstOrDefault(place => place.Owner == owner) is RoundingPlace rounded)
        {
            tensors.Add(Floats(owner + RoundingPlace.Ranges, TensorClass.Scales, rounded.Floats));
        }
    }

    private static void AddMatrix(List<TensorSpec> tensors, MatrixSpec matrix)
    {
        if (!matrix.IsQuantized)
        {
            tensors.Add(Floats(matrix.Name + ".weight", TensorClass.Weights, matrix.Rows, matrix.Columns));
        }
        else
        {
            int[] scales = matrix.GroupSize == 0 ? new[] { matrix.ScaleCount } : new[] { matrix.Rows, matrix.GroupsAlongInput };
            int[] codes = matrix.IsMixed ? new[] { checked((int)matrix.CodeBytes()) }
                : new[] { matrix.StoredRowCount, MatrixSpec.RowBytes(matrix.Columns, matrix.Bits) };
            tensors.Add(Bytes(matrix.Name + ".codes", TensorClass.Codes, codes));
            if (matrix.HasCodebook)
            {
                tensors.Add(Floats(matrix.Name + ".codebook", TensorClass.Scales, matrix.CodebookLength));
            }
            else
            {
                tensors.Add(Floats(matrix.Name + ".scales", TensorClass.Scales, scales));
            }

            if (matrix.HasZeroPoints)
            {
                tensors.Add(Bytes(matrix.Name + ".zero_points", TensorClass.Scales, scales));
            }

            if (matrix.HasCenters)
            {
                tensors.Add(Floats(matrix.Name + ".centers", TensorClass.Scales, scales));
            }
        }

        tensors.Add(Floats(matrix.Name + ".bias", TensorClass.Biases, matrix.Rows));
    }

    private static TensorSpec Floats(string name, TensorClass @class, params int[] shape) => new(name, true, EquatableArray<int>.Of(shape), @class);

    private static TensorSpec Bytes(string name, TensorClass @class, params int[] shape) => new(name, false, EquatableArray<int>.Of(shape), @class);
}
