using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using QuantGen.Kernels;
using QuantGen.Tasks;

namespace QuantGen.Sentences;

/// <summary>Makes the hidden states of a text one vector: pooling, dense layers, normalization. Any number of threads may use it at the same time.</summary>
/// <remarks>Sums run over eight lanes in double precision and in one order, so that vectors are the same bits on every processor.</remarks>
public sealed class SentenceHead
{
    private readonly float[][] _weights;
    private readonly float[][] _biases;

    /// <summary>Creates a head.</summary>
    /// <param name="encoding">What it does.</param>
    /// <param name="hiddenSize">Elements of a hidden state.</param>
    /// <param name="weights">Weights of every dense layer, <c>[outputs, inputs]</c>.</param>
    /// <param name="biases">Biases of every dense layer; empty where it has none.</param>
    /// <exception cref="ArgumentException">The numbers of elements do not fit.</exception>
    public SentenceHead(SentenceEncoding encoding, int hiddenSize, IReadOnlyList<float[]> weights, IReadOnlyList<float[]> biases)
    {
        ArgumentNullException.ThrowIfNull(encoding);
        if (encoding.Defect(hiddenSize) is (string expected, string found))
        {
            throw new ArgumentException($"Expected {expected}, found {found}.", nameof(encoding));
        }

        Encoding = encoding;
        HiddenSize = hiddenSize;
        _weights = [.. weights];
        _biases = [.. biases];
        for (int i = 0; i < encoding.Layers.Count; i++)
        {
            SentenceLayer layer = encoding.Layers[i];
            if (_weights.Length != encoding.Layers.Count || _biases.Length != _weights.Length
                || _weights[i].Length != (long)layer.Inputs * layer.Outputs || _biases[i].Length != (layer.HasBias ? layer.Outputs : 0))
            {
                throw new ArgumentException($"Dense layer {i} needs weights and biases as it is described.", nameof(weights));
            }
        }
    }

    /// <summary>Creates a head without dense layers.</summary>
    /// <param name="encoding">What it does.</param>
    /// <param name="hiddenSize">Elements of a hidden state.</param>
    public SentenceHead(SentenceEncoding encoding, int hiddenSize)
        : this(encoding, hiddenSize, [], [])
    {
    }

    /// <summary>Gets what the head does.</summary>
    public SentenceEncoding Encoding { get; }

    /// <summary>Gets the elements of a hidden state.</summary>
    public int HiddenSize { get; }

    /// <summary>Gets the elements of a vector.</summary>
    public int Width => Encoding.Width(HiddenSize);

    /// <summary>Gets the weights of a dense layer, <c>[outputs, inputs]</c>.</summary>
    /// <param name="layer">The layer's index.</param>
    public ReadOnlyMemory<float> Weights(int layer) => _weights[layer];

    /// <summary>Gets the biases of a dense layer; empty where it has none.</summary>
    /// <param name="layer">The layer's index.</param>
    public ReadOnlyMemory<float> Biases(int layer) => _biases[layer];

    /// <summary>Makes the head that does what a caller asks for.</summary>
    /// <param name="options">The caller's wishes; null for none.</param>
    /// <exception cref="ArgumentException">The pooling has no mode, or does not fit the dense layers.</exception>
    public SentenceHead With(EmbedOptions? options) => options is null ? this : With(Encoding.With(options));

    /// <summary>Makes the head of another description of the same dense layers.</summary>
    /// <param name="encoding">The description.</param>
    internal SentenceHead With(SentenceEncoding encoding) => new(encoding, HiddenSize, _weights, _biases);

    /// <summary>Computes a vector.</summary>
    /// <param name="hidden">The states of all tokens of the text, <c>[tokens, hidden size]</c>.</param>
    /// <param name="skipped">Tokens at the beginning that are not pooled.</param>
    public float[] Vector(ReadOnlySpan<float> hidden, int skipped)
    {
        float[] vector = new float[Width];
        Vector(hidden, skipped, vector);
        return vector;
    }

    /// <summary>Computes a vector where the caller has room for it; nothing is allocated.</summary>
    /// <param name="hidden">The states of all tokens of the text, <c>[tokens, hidden size]</c>.</param>
    /// <param name="skipped">Tokens at the beginning that are not pooled.</param>
    /// <param name="vector">Receives it: <see cref="Width"/> elements.</param>
    /// <exception cref="ArgumentException"><paramref name="vector"/> has another length.</exception>
    public void Vector(ReadOnlySpan<float> hidden, int skipped, Span<float> vector)
    {
        if (vector.Length != Width)
        {
            throw new ArgumentException($"A vector has {Width} elements, and there is room for {vector.Length}.", nameof(vector));
        }

        if (_weights.Length == 0)
        {
            Pooler.Pool(hidden, HiddenSize, Encoding.Pooling, skipped, vector);
        }
        else
        {
            PoolThroughLayers(hidden, skipped, vector);
        }

        if (Encoding.Normalize)
        {
            Pooler.Normalize(vector);
        }
    }

    /// <summary>Computes a dense layer without its activation.</summary>
    /// <param name="layer">The layer's index.</param>
    /// <param name="inputs">What comes in.</param>
    public float[] Apply(int layer, ReadOnlySpan<float> inputs)
    {
        float[] outputs = new float[Encoding.Layers[layer].Outputs];
        Apply(layer, inputs, outputs);
        return outputs;
    }

    /// <summary>Applies a dense layer's activation, in place.</summary>
    /// <param name="layer">The layer's index.</param>
    /// <param name="values">The values.</param>
    public void Activate(int layer, Span<float> values)
    {
        if (Encoding.Layers[layer].Activation is HiddenActivation function)
        {
            Activation.Apply(function, ref MemoryMarshal.GetReference(values), values.Length);
        }
    }

    private void Apply(int layer, ReadOnlySpan<float> inputs, Span<float> outputs)
    {
        for (int row = 0; row < outputs.Length; row++)
        {
            double bias = _biases[layer].Length == 0 ? 0 : _biases[layer][row];
            outputs[row] = (float)(Dot(_weights[layer].AsSpan(row * inputs.Length, inputs.Length), inputs) + bias);
        }
    }

    private void PoolThroughLayers(ReadOnlySpan<float> hidden, int skipped, Span<float> vector)
    {
        int pooled = Pooler.CountModes(Encoding.Pooling) * HiddenSize;
        int widest = pooled;
        for (int i = 0; i < Encoding.Layers.Count; i++)
        {
            widest = Math.Max(widest, Encoding.Layers[i].Outputs);
        }

        // Each layer reads one half and writes the other.
        float[] rented = ArrayPool<float>.Shared.Rent(2 * widest);
        Span<float> inputs = rented.AsSpan(0, pooled);
        Pooler.Pool(hidden, HiddenSize, Encoding.Pooling, skipped, inputs);
        for (int i = 0; i < _weights.Length; i++)
        {
            Span<float> outputs = rented.AsSpan((i + 1) % 2 * widest, Encoding.Layers[i].Outputs);
            Apply(i, inputs, outputs);
            Activate(i, outputs);
            inputs = outputs;
        }

        inputs.CopyTo(vector);
        ArrayPool<float>.Shared.Return(rented);
    }

    private static double Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        Vector512<double> sums = Vector512<double>.Zero;
        int whole = x.Length - (x.Length % Vector256<float>.Count);
        for (int i = 0; i < whole; i += Vector256<float>.Count)
        {
            (Vector256<double> lowX, Vector256<double> highX) = Vector256.Widen(Vector256.Create(x[i..]));
            (Vector256<double> lowY, Vector256<double> highY) = Vector256.Widen(Vector256.Create(y[i..]));
            sums += Vector512.Create(lowX * lowY, highX * highY);
        }

        double sum = 0;
        for (int lane = 0; lane < Vector512<double>.Count; lane++)
        {
            sum += sums[lane];
        }

        for (int i = whole; i < x.Length; i++)
        {
            sum += (double)x[i] * y[i];
        }

        return sum;
    }
}
