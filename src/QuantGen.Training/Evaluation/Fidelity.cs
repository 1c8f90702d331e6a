using QuantGen.Tasks;
using QuantGen.Trainable;
using QuantGen.Training.Losses;

namespace QuantGen.Training.Evaluation;

/// <summary>Adds up how closely a student follows its teacher over batches.</summary>
/// <remarks>A task's metric hides much: small classifiers keep their accuracy while their hidden states are already far off.</remarks>
public sealed class Fidelity
{
    private double _divergence;
    private double _signal;
    private double _noise;
    private long _agreeing;
    private long _rows;

    /// <summary>Gets the result so far.</summary>
    /// <exception cref="InvalidOperationException">Nothing was added.</exception>
    public FidelityResult Result => _rows == 0
        ? throw new InvalidOperationException("no batch was compared")
        : new FidelityResult((double)_agreeing / _rows, _divergence / _rows, HiddenSignalToNoiseDb, _rows);

    /// <summary>Gets the signal-to-noise ratio of the last hidden states so far, in decibels; infinite where they are equal.</summary>
    public double HiddenSignalToNoiseDb => _noise == 0 ? double.PositiveInfinity : 10 * Math.Log10(_signal / _noise);

    /// <summary>Adds a batch that both models have run.</summary>
    /// <param name="student">The student's trace.</param>
    /// <param name="teacher">The teacher's trace of the same batch.</param>
    /// <exception cref="ArgumentException">The traces are of different batches or of models of different width.</exception>
    public void Add(TrainingTrace student, TrainingTrace teacher)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(teacher);
        if (student.LogitCount != teacher.LogitCount || student.HiddenCount != teacher.HiddenCount)
        {
            throw new ArgumentException("The traces belong to different batches or to models of different width.");
        }

        int width = student.Spec.OutputCount;
        for (int row = 0; row < student.LogitRows; row++)
        {
            ReadOnlySpan<float> ours = student.Logits.AsSpan(row * width, width);
            ReadOnlySpan<float> theirs = teacher.Logits.AsSpan(row * width, width);
            _agreeing += ClassificationMetrics.ArgMax(ours) == ClassificationMetrics.ArgMax(theirs) ? 1 : 0;
            _divergence += Divergence(theirs, ours);
        }

        _rows += student.LogitRows;
        AddHidden(student, teacher);
    }

    /// <summary>Adds the last hidden states alone, such as those of models without outputs.</summary>
    internal void AddHidden(TrainingTrace ours, TrainingTrace theirs)
    {
        ReadOnlySpan<float> student = ours.Hidden[^1].AsSpan(0, ours.HiddenCount);
        ReadOnlySpan<float> teacher = theirs.Hidden[^1].AsSpan(0, theirs.HiddenCount);
        for (int i = 0; i < teacher.Length; i++)
        {
            double value = teacher[i];
            double difference = value - student[i];
            _signal += value * value;
            _noise += difference * difference;
        }
    }

    /// <summary>KL(p || q) = sum p (log p - log q) of the softmax of two rows of logits.</summary>
    private static double Divergence(ReadOnlySpan<float> p, ReadOnlySpan<float> q)
    {
        double logP = SoftmaxRow.LogSum(p);
        double logQ = SoftmaxRow.LogSum(q);
        double sum = 0;
        for (int i = 0; i < p.Length; i++)
        {
            double logProbability = p[i] - logP;
            sum += Math.Exp(logProbability) * (logProbability - (q[i] - logQ));
        }

        // A difference of roundings may fall below what no divergence can.
        return Math.Max(0, sum);
    }
}
