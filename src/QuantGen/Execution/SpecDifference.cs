using System.Globalization;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Execution;

/// <summary>The first thing in which two models differ, in words.</summary>
/// <param name="Place">The part of the model, such as <c>matrix 'pooler.dense'</c>.</param>
/// <param name="Expected">What the first model has there.</param>
/// <param name="Found">What the second model has there.</param>
internal sealed record SpecDifference(string Place, string Expected, string Found)
{
    /// <summary>Compares two models in the order a reader would: dimensions, head, widths of embedding and activations, then matrix by matrix.</summary>
    /// <param name="expected">The model that is wanted.</param>
    /// <param name="found">The model that is there.</param>
    /// <returns>The first difference, or null when the models are equal.</returns>
    public static SpecDifference? First(ModelSpec expected, ModelSpec found)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(found);
        if (expected == found)
        {
            return null;
        }

        return FirstOf(Dimensions(expected.Dimensions, found.Dimensions))
            ?? FirstOf(Options(expected, found))
            ?? FirstMatrix(expected, found)
            ?? new SpecDifference("model", expected.CanonicalJson, found.CanonicalJson);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Place}: expected {Expected}, found {Found}";

    private static IEnumerable<(string Place, object Expected, object Found)> Dimensions(ModelConfig e, ModelConfig f) =>
    [
        ("architecture", SpecNames.Of(e.Architecture), SpecNames.Of(f.Architecture)),
        ("layers", e.Layers, f.Layers),
        ("hidden size", e.HiddenSize, f.HiddenSize),
        ("embedding size", e.EmbeddingSize, f.EmbeddingSize),
        ("heads", e.Heads, f.Heads),
        ("intermediate size", e.IntermediateSize, f.IntermediateSize),
        ("vocabulary size", e.VocabularySize, f.VocabularySize),
        ("positions", e.MaxPositions, f.MaxPositions),
        ("token types", e.TypeVocabularySize, f.TypeVocabularySize),
        ("hidden activation", SpecNames.Of(e.HiddenActivation), SpecNames.Of(f.HiddenActivation)),
        ("layer norm epsilon", e.LayerNormEpsilon, f.LayerNormEpsilon),
    ];

    private static IEnumerable<(string Place, object Expected, object Found)> Options(ModelSpec e, ModelSpec f) =>
    [
        ("head", SpecNames.Of(e.Head), SpecNames.Of(f.Head)),
        ("outputs of the head", e.OutputCount, f.OutputCount),
        ("numerics", SpecNames.Of(e.Numerics), SpecNames.Of(f.Numerics)),
        ("word embedding", Bits(e.EmbeddingBits), Bits(f.EmbeddingBits)),
        ("storage of the word embedding", SpecNames.Of(e.EmbeddingStorage), SpecNames.Of(f.EmbeddingStorage)),
        ("embeddings of positions and token types", Bits(e.PositionBits), Bits(f.PositionBits)),
        ("activations", Bits(e.ActivationBits), Bits(f.ActivationBits)),
        ("activation ranges", SpecNames.Of(e.ActivationRange), SpecNames.Of(f.ActivationRange)),
        ("operands of attention", Bits(e.AttentionBits), Bits(f.AttentionBits)),
        ("attention", SpecNames.Of(e.Attention), SpecNames.Of(f.Attention)),
        ("factors of residuals", e.HasResidualFactors ? "some" : "none", f.HasResidualFactors ? "some" : "none"),
        ("number of matrices", e.Matrices.Count, f.Matrices.Count),
    ];

    private static SpecDifference? FirstMatrix(ModelSpec expected, ModelSpec found)
    {
        for (int i = 0; i < expected.Matrices.Count; i++)
        {
            MatrixSpec e = expected.Matrices[i];
            MatrixSpec f = found.Matrices[i];
            if (e.Name != f.Name)
            {
                return new SpecDifference(Text($"matrix {i}"), $"'{e.Name}'", $"'{f.Name}'");
            }

            if (FirstOf(Matrix(e, f)) is SpecDifference difference)
            {
                return difference with { Place = $"matrix '{e.Name}'" };
            }
        }

        return null;
    }

    private static IEnumerable<(string Place, object Expected, object Found)> Matrix(MatrixSpec e, MatrixSpec f) =>
    [
        (string.Empty, Text($"{e.Rows} x {e.Columns}"), Text($"{f.Rows} x {f.Columns}")),
        (string.Empty, SpecNames.Of(e.Storage) + " storage", SpecNames.Of(f.Storage) + " storage"),
        (string.Empty, Bits(e.Bits), Bits(f.Bits)),
        (string.Empty, Count(e.GroupCount, "group"), Count(f.GroupCount, "group")),
        (string.Empty, Text($"a group size of {e.GroupSize}"), Text($"a group size of {f.GroupSize}")),
        (string.Empty, SpecNames.Of(e.Mapping) + " codes", SpecNames.Of(f.Mapping) + " codes"),
        (string.Empty, GroupBits(e), GroupBits(f)),
    ];

    private static string GroupBits(MatrixSpec matrix) =>
        matrix.IsMixed ? "bits per group " + string.Join(" ", matrix.GroupBits) : "the same bits for all groups";

    private static string Bits(int bits) => Count(bits, "bit");

    private static string Count(int count, string noun) => Text($"{count} {noun}{(count == 1 ? string.Empty : "s")}");

    private static SpecDifference? FirstOf(IEnumerable<(string Place, object Expected, object Found)> facts)
    {
        foreach ((string place, object expected, object found) in facts)
        {
            if (!expected.Equals(found))
            {
                return new SpecDifference(place, Text($"{expected}"), Text($"{found}"));
            }
        }

        return null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
