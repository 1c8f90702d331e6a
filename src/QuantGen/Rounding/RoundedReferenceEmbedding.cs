using QuantGen.Packed;
using QuantGen.Quantization;
using QuantGen.Specs;

namespace QuantGen.Rounding;

/// <summary>The sum of embeddings of ranges as they are, in plain loops.</summary>
/// <param name="model">The packed file.</param>
internal sealed class RoundedReferenceEmbedding(PackedModel model)
{
    private readonly IReadOnlyList<MatrixSpec> _tables = model.Spec.PositionTables();

    /// <summary>Computes a token's rounded sum.</summary>
    public float[] Sum(int id, int type, int position)
    {
        (float[] word, float center) = Row(PackedLayout.WordEmbedding, model.Spec.EmbeddingBits, id);
        (float[] placed, float placedCenter) = Row(PackedLayout.PositionEmbedding, 8, position);
        float[] sum = word;
        if (_tables.Count > 1)
        {
            (float[] typed, float typedCenter) = Row(PackedLayout.TypeEmbedding, 8, type);
            sum = [.. sum.Zip(typed, (x, y) => x + y)];
            center += typedCenter;
        }

        float centers = center + placedCenter;
        return
        [
            .. sum.Zip(placed, (x, y) => x + y + centers)
                .Select((x, i) => RoundedReference.RangeOf(model, RoundingPlace.Embeddings, 0, model.Spec.ActivationBits, i).Round(x)),
        ];
    }

    private (float[] Scaled, float Center) Row(string table, int bits, int row)
    {
        byte[] codes = new byte[model.Spec.Dimensions.EmbeddingSize];
        int length = MatrixSpec.RowBytes(codes.Length, bits);
        CodePacker.UnpackRow(model.Bytes(table + PackedNames.Codes).Slice(row * length, length), bits, codes);
        float scale = model.Floats(table + PackedNames.Scales)[row];
        return (Array.ConvertAll(codes, code => (code - (1 << (bits - 1))) * scale), model.Floats(table + PackedNames.Centers)[row]);
    }
}
