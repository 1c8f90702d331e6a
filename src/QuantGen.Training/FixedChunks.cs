using System.Runtime.ExceptionServices;

namespace QuantGen.Training;

/// <summary>Splits work over many elements into chunks of a fixed size, so that no result depends on the number of threads.</summary>
internal static class FixedChunks
{
    /// <summary>Elements of a chunk: large beside the cost of handing it out, small beside a matrix. A multiple of every vector.</summary>
    public const int Size = 16384;

    /// <summary>Gets the number of chunks.</summary>
    public static int Count(int elements) => (elements + Size - 1) / Size;

    /// <summary>Runs every chunk, on several threads where that pays.</summary>
    /// <param name="elements">Elements in all.</param>
    /// <param name="threads">The most threads.</param>
    /// <param name="run">Gets the chunk's number, first element and length.</param>
    public static void Run(int elements, int threads, Action<int, int, int> run) => Each(
        Count(elements), threads, chunk => run(chunk, chunk * Size, Math.Min(Size, elements - (chunk * Size))));

    /// <summary>Lists the chunks of sequences whose elements stand in a row: each sequence has its own, whatever stands before it.</summary>
    /// <param name="starts">First row of every sequence, and the number of rows at the end.</param>
    /// <param name="columns">Elements of a row.</param>
    public static (int First, int Length)[] OfSequences(ReadOnlySpan<int> starts, int columns)
    {
        var chunks = new List<(int, int)>();
        for (int s = 0; s + 1 < starts.Length; s++)
        {
            int end = checked(starts[s + 1] * columns);
            for (int first = starts[s] * columns; first < end; first += Size)
            {
                chunks.Add((first, Math.Min(Size, end - first)));
            }
        }

        return [.. chunks];
    }

    /// <summary>Runs every chunk and adds the results in the order of the chunks.</summary>
    public static double Sum(int elements, int threads, Func<int, int, double> run)
    {
        double[] sums = new double[Count(elements)];
        Run(elements, threads, (chunk, first, length) => sums[chunk] = run(first, length));
        return Fold(sums);
    }

    /// <summary>Runs independent items.</summary>
    public static void Each(int count, int threads, Action<int> run)
    {
        if (count == 1 || threads == 1)
        {
            for (int i = 0; i < count; i++)
            {
                run(i);
            }
        }
        else if (count > 1)
        {
            try
            {
                Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads }, run);
            }
            catch (AggregateException error)
            {
                // What failed says more than that something did.
                ExceptionDispatchInfo.Throw(error.Flatten().InnerExceptions[0]);
            }
        }
    }

    /// <summary>Adds from the first to the last.</summary>
    public static double Fold(List<double> sums) => Fold(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(sums));

    /// <summary>Adds from the first to the last.</summary>
    public static double Fold(ReadOnlySpan<double> sums)
    {
        double total = 0;
        foreach (double sum in sums)
        {
            total += sum;
        }

        return total;
    }
}
