using QuantGen.Quantization;

namespace QuantGen.Trainable;

/// <summary>The largest magnitude of many values; the order of comparisons does not matter.</summary>
internal static class Extremes
{
    private const int ElementsPerItem = 16384;

    public static float LargestMagnitude(TrainingPass pass, float[] values, long count)
    {
        int items = checked((int)((count + ElementsPerItem - 1) / ElementsPerItem));
        pass.Partial.Reserve(items);
        pass.Team.Run(new Job(values, count, pass.Partial, items), items);
        return MagnitudeSums.Largest(pass.Partial.Span(items));
    }

    private readonly struct Job(float[] values, long total, AlignedFloats found, int items) : ITeamJob
    {
        public void Run(int item, int worker)
        {
            int first = item * ElementsPerItem;
            found.Span(items)[item] = MagnitudeSums.Largest(values.AsSpan(first, (int)Math.Min(ElementsPerItem, total - first)));
        }
    }
}
