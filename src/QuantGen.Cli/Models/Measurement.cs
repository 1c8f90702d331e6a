using System.Diagnostics;
using QuantGen.Execution;

namespace QuantGen.Cli.Models;

/// <summary>The time of many equal calls of a model.</summary>
/// <param name="MedianMs">Median milliseconds of a call.</param>
/// <param name="P95Ms">The milliseconds that 95% of the calls stay within.</param>
/// <param name="AllocatedBytesPerCall">Bytes allocated on the managed heap, by all threads.</param>
internal sealed record Measurement(double MedianMs, double P95Ms, double AllocatedBytesPerCall)
{
    private const int FewestWarmUps = 5;
    private const int MostWarmUps = 200;
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(1);

    /// <summary>Measures calls with random token ids.</summary>
    /// <param name="session">The model.</param>
    /// <param name="sequenceLength">Tokens of each sequence.</param>
    /// <param name="batch">Sequences of a call.</param>
    /// <param name="runs">Calls to measure, after a warm-up that the just-in-time compiler needs.</param>
    /// <param name="seed">Which ids are drawn.</param>
    /// <param name="cancellation">Stops between two calls.</param>
    public static Measurement Take(InferenceSession session, int sequenceLength, int batch, int runs, int seed, CancellationToken cancellation)
    {
        int[] ids = new int[checked(sequenceLength * batch)];
        var random = new Random(seed);
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = random.Next(session.Spec.Dimensions.VocabularySize);
        }

        byte[] types = new byte[ids.Length];
        int[] lengths = new int[batch];
        Array.Fill(lengths, sequenceLength);
        bool hasOutputs = session.Spec.HasOutputLayer;
        int rows = session.Spec.HasPooler ? batch : ids.Length;
        float[] results = new float[rows * (hasOutputs ? session.Spec.OutputCount : session.Spec.Dimensions.HiddenSize)];

        void Call()
        {
            cancellation.ThrowIfCancellationRequested();
            if (hasOutputs)
            {
                session.Run(ids, types, lengths, results);
            }
            else
            {
                session.RunHidden(ids, types, lengths, results);
            }
        }

        var warmUp = Stopwatch.StartNew();
        for (int i = 0; i < FewestWarmUps || (i < MostWarmUps && warmUp.Elapsed < s_warmUp); i++)
        {
            Call();
        }

        double[] milliseconds = new double[runs];
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < runs; i++)
        {
            long start = Stopwatch.GetTimestamp();
            Call();
            milliseconds[i] = (Stopwatch.GetTimestamp() - start) * 1000.0 / Stopwatch.Frequency;
        }

        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        Array.Sort(milliseconds);
        return new Measurement(Median(milliseconds), milliseconds[(int)Math.Ceiling(0.95 * runs) - 1], (double)allocated / runs);
    }

    private static double Median(double[] sorted) => (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}
