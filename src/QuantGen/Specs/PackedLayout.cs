namespace QuantGen.Specs;

/// <summary>The tensors of a packed file, the vocabulary excepted, and those of the checkpoint it is made from.</summary>
public static class PackedLayout
{
    /// <summary>Name of the tensor with the vocabulary's text.</summary>
    public const string Vocabulary = "vocabulary";

    /// <summary>Canonical name of the word embedding, without <c>.weight</c> or <c>.codes</c>.</summary>
    public const string WordEmbedding = "embeddings.word_embeddings";

    /// <summary>Name of the masked language model's layer before the word embedding, without <c>.dense</c> or <c>.LayerNorm</c>.</summary>
    public const string MaskedLanguageTransform = "cls.predictions.transform";

    /// <summary>Name of the summands of the masked language model's outputs, one per word piece.</summary>
    public const string MaskedLanguageBias = "cls.predictions.bias";

    /// <summary>Lists the tensors of a packed file in the order of the forward pass.</summary>
    /// <param name="spec">The model.</param>
    public static IReadOnlyList<TensorSpec> Packed(ModelSpec spec)
    {
        var tensors = new List<TensorSpec>((spec.Matrices.Count * 5) + 8);
        ModelConfig d = spec.Dimensions;
        if (spec.EmbeddingBits == 32)
        {
            tensors.Add(Floats(WordEmbedding + ".weight", TensorClass.Embeddings, d.VocabularySize, d.EmbeddingSize));
        }
        else
        {
            tensors.Add(Bytes(WordEmbedding + ".codes", TensorClass.Embeddings, d.VocabularySize, MatrixSpec.RowBytes(d.EmbeddingSize, spec.EmbeddingBits)));
            tensors.Add(spec.HasEmbeddingCodebook
                ? Floats(WordEmbedding + ".codebook", TensorClass.Embeddings, 1 << spec.EmbeddingBits)
                : Floats(WordEmbedding + ".scales", TensorClass.Embeddings, d.VocabularySize));
        }

        AddEmbeddingRest(tensors, d);
        Dictionary<string, ActivationSite> sites = spec.ActivationRange == ActivationRange.Static
            ? spec.ActivationSites().Where(site => site.IsQuantized).ToDictionary(site => site.Name, StringComparer.Ordinal)
            : new(StringComparer.Ordinal);
        foreach (MatrixSpec matrix in spec.Matrices)
        {
            if (sites.Count > 0)
            {
                AddSite(tensors, ActivationSite.NameFor(matrix.Name), sites);
            }

            AddMatrix(tensors, matrix);
            AddAttentionSites(tensors, matrix.Name, spec);
            AddNormAfter(tensors, matrix.Name, d.HiddenSize);
        }

        AddHead(tensors, spec);
        return tensors;
    }

    /// <summary>Lists the canonical names and shapes that a full-precision checkpoint must have for this model.</summary>
    /// <param name="spec">The model; its bits do not matter.</param>
    public static IReadOnlyList<TensorSpec> Checkpoint(ModelSpec spec)
    {
        var tensors = new List<TensorSpec>();
        ModelConfig d = spec.Dimensions;
        tensors.Add(Floats(WordEmbedding + ".weight", TensorClass.Embeddings, d.VocabularySize, d.EmbeddingSize));
        AddEmbeddingRest(tensors, d);
        foreach (MatrixSpec matrix in spec.Matrices)
        {
            tensors.Add(Floats(matrix.Name + ".weight", TensorClass.Weights, matrix.Rows, matrix.Columns));
            tensors.Add(Floats(matrix.Name + ".bias", TensorClass.Biases, matrix.Rows));
            AddNormAfter(tensors, matrix.Name, d.HiddenSize);
        }

        AddHead(tensors, spec);
        return tensors;
    }

    private static void AddEmbeddingRest(List<TensorSpec> tensors, ModelConfig d)
    {
        tensors.Add(Floats("embeddings.position_embeddings.weight", TensorClass.Embeddings, d.MaxPositions, d.EmbeddingSize));
        tensors.Add(Floats("embeddings.token_type_embeddings.weight", TensorClass.Embeddings, d.TypeVocabularySize, d.EmbeddingSize));
        AddNorm(tensors, "embeddings.LayerNorm", d.EmbeddingSize);
    }

    private static void AddSite(List<TensorSpec> tensors, string name, Dictionary<string, ActivationSite> notYetAdded)
    {
        if (notYetAdded.TryGetValue(name, out ActivationSite? site))
        {
            notYetAdded.Remove(name);
            AddSite(tensors, name, site.Uses);
        }
    }

    private static void AddSite(List<TensorSpec> tensors, string name, int uses)
    {
        tensors.Add(Floats(name + ".input_scale", TensorClass.Scales, uses));
        tensors.Add(Bytes(name + ".input_zero_point", TensorClass.Scales, uses));
    }

    // The operands of attention come into being after the last of the three matrices that make them.
    private static void AddAttentionSites(List<TensorSpec> tensors, string matrix, ModelSpec spec)
    {
        const string Last = "attention.self.value";
        if (spec.HasQuantizedAttention && matrix.EndsWith(Last, StringComparison.Ordinal))
        {
            foreach (string part in ActivationSite.AttentionParts)
            {
                AddSite(tensors, matrix.Substring(0, matrix.Length - Last.Length) + part, spec.UsesPerBlock);
            }
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
            int[] scales = matrix.GroupSize == 0 ? new[] { matrix.GroupCount } : new[] { matrix.Rows, matrix.GroupsAlongInput };
            int[] codes = matrix.IsMixed ? new[] { checked((int)matrix.CodeBytes()) } : new[] { matrix.Rows, MatrixSpec.RowBytes(matrix.Columns, matrix.Bits) };
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
        }

        tensors.Add(Floats(matrix.Name + ".bias", TensorClass.Biases, matrix.Rows));
    }

    private static void AddNormAfter(List<TensorSpec> tensors, string matrix, int hidden)
    {
        if (matrix.EndsWith(".output.dense", StringComparison.Ordinal))
        {
            AddNorm(tensors, matrix.Substring(0, matrix.Length - "dense".Length) + "LayerNorm", hidden);
        }
    }

    private static void AddNorm(List<TensorSpec> tensors, string name, int columns)
    {
        tensors.Add(Floats(name + ".weight", TensorClass.LayerNorm, columns));
        tensors.Add(Floats(name + ".bias", TensorClass.LayerNorm, columns));
    }

    private static void AddHead(List<TensorSpec> tensors, ModelSpec spec)
    {
        if (spec.HasMaskedLanguageHead)
        {
            ModelConfig d = spec.Dimensions;
            tensors.Add(Floats(MaskedLanguageTransform + ".dense.weight", TensorClass.Head, d.EmbeddingSize, d.HiddenSize));
            tensors.Add(Floats(MaskedLanguageTransform + ".dense.bias", TensorClass.Head, d.EmbeddingSize));
            tensors.Add(Floats(MaskedLanguageTransform + ".LayerNorm.weight", TensorClass.Head, d.EmbeddingSize));
            tensors.Add(Floats(MaskedLanguageTransform + ".LayerNorm.bias", TensorClass.Head, d.EmbeddingSize));
            tensors.Add(Floats(MaskedLanguageBias, TensorClass.Head, d.VocabularySize));
        }

        if (spec.HasOutputLayer)
        {
            tensors.Add(Floats(spec.OutputLayerName + ".weight", TensorClass.Head, spec.OutputCount, spec.Dimensions.HiddenSize));
            tensors.Add(Floats(spec.OutputLayerName + ".bias", TensorClass.Head, spec.OutputCount));
        }
    }

    private static TensorSpec Floats(string name, TensorClass @class, params int[] shape) => new(name, true, EquatableArray<int>.Of(shape), @class);

    private static TensorSpec Bytes(string name, TensorClass @class, params int[] shape) => new(name, false, EquatableArray<int>.Of(shape), @class);
}
