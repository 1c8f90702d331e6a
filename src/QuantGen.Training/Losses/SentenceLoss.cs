using System.Runtime.InteropServices;
using QuantGen.Sentences;
using QuantGen.Tasks;
using QuantGen.Trainable;
using QuantGen.Trainable.Kernels;

namespace QuantGen.Training.Losses;

/// <summary>Lets the vectors of texts be the teacher's: each its direction, and all of a batch the angles between them.</summary>
/// <remarks>
/// The mean of 1 - cos(s, t), and the mean of (S - T)^2 over all pairs of a batch, where S and T are the cosines of the student's and the teacher's vectors.
/// Dense layers are the teacher's and are not trained.
/// </remarks>
internal sealed class SentenceLoss(SentenceTask task, int threads)
{
    private readonly SentenceHead _head = task.Head;

    /// <summary>Adds the gradient with respect to the last hidden states to what is there.</summary>
    /// <returns>Both parts, weighted.</returns>
    public (double Sentence, double Similarity) Add(
        TrainingTrace student, TrainingTrace teacher, int[] starts, float[] gradient, double sentenceWeight, double similarityWeight)
    {
        int count = starts.Length - 1;
        int size = _head.HiddenSize;
        var passes = new Pass[count];
        double[][] targets = new double[count][];
        FixedChunks.Each(count, threads, i =>
        {
            passes[i] = new Pass(_head, student.Hidden[^1].AsSpan(starts[i] * size, (starts[i + 1] - starts[i]) * size), task.SkippedTokens);
            targets[i] = Unit(new Pass(_head, teacher.Hidden[^1].AsSpan(starts[i] * size, (starts[i + 1] - starts[i]) * size), task.SkippedTokens).Vector).Unit;
        });
        (double[] Unit, double Length)[] units = [.. passes.Select(pass => Unit(pass.Vector))];
        double[] cosines = new double[count];
        double[] squares = new double[count];
        FixedChunks.Each(count, threads, i =>
        {
            double[] own = new double[_head.Width];
            cosines[i] = 1 - Dot(units[i].Unit, targets[i]);
            AddScaled(own, targets[i], -sentenceWeight / count);
            for (int j = 0; similarityWeight > 0 && j < count; j++)
            {
                double difference = Dot(units[i].Unit, units[j].Unit) - Dot(targets[i], targets[j]);
                squares[i] += difference * difference;

                // A pair stands in the matrix twice, and its square has a slope of twice the difference.
                AddScaled(own, units[j].Unit, 4 * similarityWeight * difference / ((double)count * count));
            }

            // Only what is across the vector turns it.
            double along = Dot(own, units[i].Unit);
            float[] vector = new float[own.Length];
            for (int k = 0; k < vector.Length; k++)
            {
                vector[k] = (float)((own[k] - (along * units[i].Unit[k])) / units[i].Length);
            }

            passes[i].AddGradient(vector, student.Hidden[^1].AsSpan(starts[i] * size), gradient.AsSpan(starts[i] * size));
        });
        return (sentenceWeight * FixedChunks.Fold(cosines) / count, similarityWeight * FixedChunks.Fold(squares) / ((double)count * count));
    }

    private static (double[] Unit, double Length) Unit(float[] vector)
    {
        double squares = 0;
        foreach (float value in vector)
        {
            squares += (double)value * value;
        }

        double length = Math.Max(Math.Sqrt(squares), 1e-12);
        return (Array.ConvertAll(vector, value => value / length), length);
    }

    private static double Dot(double[] x, double[] y)
    {
        double even = 0;
        double odd = 0;
        int i = 0;
        for (; i + 1 < x.Length; i += 2)
        {
            even += x[i] * y[i];
            odd += x[i + 1] * y[i + 1];
        }

        return even + odd + (i < x.Length ? x[i] * y[i] : 0);
    }

    private static void AddScaled(double[] sum, double[] vector, double factor)
    {
        for (int i = 0; i < sum.Length; i++)
        {
            sum[i] += factor * vector[i];
        }
    }

    // The way of one text from its hidden states to its vector before normalization, and back.
    private sealed class Pass
    {
        private readonly SentenceHead _head;
        private readonly int _tokens;
        private readonly int _first;
        private readonly float[][] _sums;
        private readonly float[][] _values;

        public Pass(SentenceHead head, ReadOnlySpan<float> hidden, int skipped)
        {
            _head = head;
            _tokens = hidden.Length / head.HiddenSize;
            _first = Math.Min(skipped, _tokens - 1);
            int layers = head.Encoding.Layers.Count;
            _sums = new float[layers][];
            _values = new float[layers][];
            float[] vector = new float[Pooler.ModesOf(head.Encoding.Pooling).Count() * head.HiddenSize];
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
}
