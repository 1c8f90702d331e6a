using QuantGen.Specs;
using static QuantGen.Generators.Emission.Nodes.PartContext;

namespace QuantGen.Generators.Emission.Nodes;

/// <summary>Where a word's stored row is, and which kernel computes its values.</summary>
internal static class WordEmitter
{
    /// <summary>Gets the kernel that computes the values of a quantized word, and its arguments but for width and output.</summary>
    /// <param name="model">The model, whose word embedding has codes.</param>
    /// <param name="index">The expression of the word's index.</param>
    public static (string Method, string Arguments) Values(ModelSpec model, string index)
    {
        string second = $"{index} + {N(model.Dimensions.VocabularySize)}";
        return model.HasEmbeddingCodebook
            ? ("WordOfCodebook", $"{Row(model, index)}, {N(model.EmbeddingBits)}, ref pass.WeightFloats({Place(".codebook")})")
            : model.HasEmbeddingPair ? ("WordPair", $"{Row(model, index)}, {Scale(index)}, {Row(model, second)}, {Scale(second)}")
            : ("Word", $"{Row(model, index)}, {N(model.EmbeddingBits)}, {Scale(index)}");
    }

    /// <summary>Gets the values of words in full precision, from a word's row on.</summary>
    /// <param name="index">The expression of the word's index.</param>
    public static string Floats(string index) => $"ref Unsafe.Add(ref pass.WeightFloats({Place(".weight")}), (nint){index} * EmbeddingSize)";

    private static string Row(ModelSpec model, string index) =>
        $"ref Unsafe.Add(ref pass.Weights({Place(".codes")}), (nint)({index}) * {N(MatrixSpec.RowBytes(model.Dimensions.EmbeddingSize, model.EmbeddingBits))})";

    private static string Scale(string index) => $"Unsafe.Add(ref pass.WeightFloats({Place(".scales")}), {index})";

    private static string Place(string member) => Identifier.Of(PackedLayout.WordEmbedding + member);
}
