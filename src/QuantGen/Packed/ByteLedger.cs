using QuantGen.Specs;

namespace QuantGen.Packed;

/// <summary>Says where every byte of a packed file goes; the classes add up to the file's length.</summary>
public sealed class ByteLedger
{
    private readonly long[] _bytes = new long[Enum.GetValues<TensorClass>().Length];

    internal ByteLedger(long headerLength, IEnumerable<TensorSpec> tensors, long vocabularyLength)
    {
        _bytes[(int)TensorClass.Header] = headerLength;
        _bytes[(int)TensorClass.Vocabulary] = vocabularyLength;
        foreach (TensorSpec tensor in tensors)
        {
            _bytes[(int)tensor.Class] += tensor.Bytes;
        }
    }

    /// <summary>Gets the bytes of one class.</summary>
    /// <param name="tensorClass">A class of tensors, or the header.</param>
    public long this[TensorClass tensorClass] => _bytes[(int)tensorClass];

    /// <summary>Gets the bytes of the word, position and token type embeddings with their scales.</summary>
    public long Embeddings => this[TensorClass.Embeddings];

    /// <summary>Gets the bytes of the packed codes of linear layers.</summary>
    public long Codes => this[TensorClass.Codes];

    /// <summary>Gets the bytes of scales, zero points and static activation ranges.</summary>
    public long Scales => this[TensorClass.Scales];

    /// <summary>Gets the bytes of linear layers kept in full precision.</summary>
    public long Weights => this[TensorClass.Weights];

    /// <summary>Gets the bytes of the biases of linear layers.</summary>
    public long Biases => this[TensorClass.Biases];

    /// <summary>Gets the bytes of layer normalization.</summary>
    public long LayerNorm => this[TensorClass.LayerNorm];

    /// <summary>Gets the bytes of the last linear layer.</summary>
    public long Head => this[TensorClass.Head];

    /// <summary>Gets the bytes of the vocabulary.</summary>
    public long Vocabulary => this[TensorClass.Vocabulary];

    /// <summary>Gets the bytes before the first tensor: length field, header text and its padding.</summary>
    public long Header => this[TensorClass.Header];

    /// <summary>Gets the sum of all classes, the length of the file.</summary>
    public long Total => _bytes.Sum();
}
