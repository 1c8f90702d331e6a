using System.Runtime.InteropServices;
using QuantGen.Sentences;
using QuantGen.Tasks;
using QuantGen.Trainable.Kernels;

namespace QuantGen.Training.Losses;

/// <summary>The way of one text from its hidden states to its vector before normalization, and back.</summary>
internal sealed class SentencePass
{
    private readonly SentenceHead _head;
    private readonly int _tokens;
    private readonly int _first;
    private readonly float[][] _sums;
    private readonly float[][] _values;

    public SentencePass(SentenceHead head, ReadOnlySpan<float> hidden, int skipped)
    {
        _head = head;
        _tokens = hidden.Length / head.HiddenSize;
        _first = Math.Min(skipped, _tokens - 1);
        int layers = head.Encoding.Layers.Count;
        _sums = new float[layers][];
        _values = new float[layers][];
        float[] vector = new float[Pooler.CountModes(head.Encoding.Pooling) * head.HiddenSize];
        Pooler.Pool(hidden, head.HiddenSize, head.Encoding.Pooling, skipped, vector);
        for (int i = 0; i < layers; i++)
        {
            _sums[i] = head.Apply(i, vector);
            _values[i] = [.. _sums[i]];
            head.Activate(i, _values[i]);
            vector = _values[i];
        }

        Vector = vector;
    }

    public float[] Vector { get; }

    public void AddGradient(float[] gradient, ReadOnlySpan<float> hidden, Span<float> hiddenGradient)
    {
        for (int i = _sums.Length - 1; i >= 0; i--)
        {
            gradient = Back(i, gradient);
        }

        int size = _head.HiddenSize;
        int start = 0;
        foreach (EmbeddingPooling mode in Pooler.ModesOf(_head.Encoding.Pooling))
        {
            ReadOnlySpan<float> part = gradient.AsSpan(start, size);
            start += size;
            int counted = _tokens - _first;
            switch (mode)
            {
                case EmbeddingPooling.Cls:
                    AddRow(part, 1, hiddenGradient);
                    break;
                case EmbeddingPooling.LastToken:
                    AddRow(part, 1, hiddenGradient[((_tokens - 1) * size)..]);
                    break;
                case EmbeddingPooling.Max:
                    AddToLargest(part, hidden, hiddenGradient);
                    break;
                default:
                    float factor = mode == EmbeddingPooling.Mean ? 1f / counted : (float)(1 / Math.Sqrt(counted));
                    for (int token = _first; token < _tokens; token++)
                    {
                        AddRow(part, factor, hiddenGradient[(token * size)..]);
                    }

                    break;
            }
        }
    }

    private static void AddRow(ReadOnlySpan<float> part, float factor, Span<float> row)
    {
        for (int i = 0; i < part.Length; i++)
        {
            row[i] += factor * part[i];
        }
    }

    private void AddToLargest(ReadOnlySpan<float> part, ReadOnlySpan<float> hidden, Span<float> hiddenGradient)
    {
        for (int i = 0; i < part.Length; i++)
        {
            int best = _first;
            for (int token = _first + 1; token < _tokens; token++)
            {
                best = hidden[(token * part.Length) + i] > hidden[(best * part.Length) + i] ? token : best;
            }

            hiddenGradient[(best * part.Length) + i] += part[i];
        }
    }

    private float[] Back(int layer, float[] gradient)
    {
        SentenceLayer shape = _head.Encoding.Layers[layer];
        if (shape.Activation is HiddenActivation function)
        {
            ActivationGradients.Apply(
                function, ref MemoryMarshal.GetArrayDataReference(_sums[layer]), ref MemoryMarshal.GetArrayDataReference(_values[layer]),
                ref MemoryMarshal.GetArrayDataReference(gradient), gradient.Length);
        }

        ReadOnlySpan<float> weights = _head.Weights(layer).Span;
        float[] inputs = new float[shape.Inputs];
        for (int row = 0; row < shape.Outputs; row++)
        {
            AddRow(weights.Slice(row * shape.Inputs, shape.Inputs), gradient[row], inputs);
        }

        return inputs;
    }
}
