using QuantGen.Packed;
using QuantGen.Quantization;
using QuantGen.Specs;

namespace QuantGen.Integers;

/// <summary>Embeddings in plain loops.</summary>
internal sealed class IntegerReferenceEmbedding
{
    private readonly PackedModel _model;
    private readonly int _columns;
    private readonly int _bits;
    private readonly IntegerWords? _words;
    private readonly int[] _types;
    private readonly int[] _positions;

    /// <summary>Reads the embeddings.</summary>
    public IntegerReferenceEmbedding(PackedModel model)
    {
        _model = model;
        _columns = model.Spec.Dimensions.EmbeddingSize;
        _bits = model.Spec.EmbeddingBits;
        _words = model.Spec.HasQuantizedEmbedding ? IntegerWords.Of(model) : null;
        _types = model.Spec.Graph.Words.Types == 0 ? [] : Rounded(PackedLayout.TypeEmbedding + ".weight");
        _positions = Rounded(PackedLayout.PositionEmbedding + ".weight");
    }

    /// <summary>Adds the embeddings of a token.</summary>
    public int[] Sum(int id, int type, int position)
    {
        int[] sum = Word(id);
        for (int i = 0; i < sum.Length; i++)
        {
            int rest = (_types.Length == 0 ? 0 : _types[(type * _columns) + i]) + _positions[(position * _columns) + i];
            sum[i] = FixedPoint.Add(sum[i], rest);
        }

        return sum;
    }

    private int[] Word(int id)
    {
        int[] values = new int[_columns];
        if (_words is null)
        {
            IntegerWords.Round(_model.Floats(PackedLayout.WordEmbedding + ".weight").Slice(id * _columns, _columns), values);
            return values;
        }

        int length = MatrixSpec.RowBytes(_columns, _bits);
        sbyte[] codes = IntegerCodes.Row(_model.Codes(PackedLayout.WordEmbedding).Slice(id * length, length), _columns, _bits);
        return Array.ConvertAll(codes, code => IntegerWords.Value(code, _words.Multipliers[id], _words.Shift));
    }

    private int[] Rounded(string tensor)
    {
        ReadOnlySpan<float> values = _model.Floats(tensor);
        int[] rounded = new int[values.Length];
        IntegerWords.Round(values, rounded);
        return rounded;
    }
}
