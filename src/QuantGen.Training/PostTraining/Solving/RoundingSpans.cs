using QuantGen.Files;
using QuantGen.Quantization;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>Divides a matrix into neighbouring weights with one scale, so that threads share them and no result depends on how many.</summary>
internal sealed class RoundingSpans
{
    // Large beside the cost of handing it out, small beside a matrix.
    private const int Longest = 16384;

    private readonly Span[] _spans;
    private readonly int _perItem;
    private readonly int _threads;

    /// <summary>Divides a matrix.</summary>
    /// <param name="grid">Scales, zero points and widths of 2 bits or more.</param>
    /// <param name="threads">The most threads.</param>
    public RoundingSpans(QuantizedMatrix grid, int threads)
    {
        var spans = new List<Span>();
        for (int group = 0; group < grid.Grouping.Count; group++)
        {
            (int start, int length) = grid.Grouping.Elements(group);
            QuantizationParameters parameters = grid.Parameters(group);
            CodeRange range = CodeRange.For(grid.Mapping, grid.BitsOf(group));
            for (int first = start; first < start + length; first += Longest)
            {
                spans.Add(new Span(
                    first, Math.Min(Longest, start + length - first), parameters.Scale, parameters.ZeroPoint,
                    range.Lowest - parameters.ZeroPoint, range.Highest - parameters.ZeroPoint));
            }
        }

        _spans = [.. spans];
        _perItem = Math.Max(1, Longest / _spans[0].Count);
        _threads = threads;
    }

    /// <summary>Runs every part once.</summary>
    public void Each(Action<Span> run) => LoadLoop.Run(_threads, (_spans.Length + _perItem - 1) / _perItem, item =>
    {
        for (int i = item * _perItem; i < Math.Min(_spans.Length, (item + 1) * _perItem); i++)
        {
            run(_spans[i]);
        }
    });

    /// <summary>Neighbouring weights with one scale.</summary>
    /// <param name="First">The first of them.</param>
    /// <param name="Count">How many.</param>
    /// <param name="Scale">The scale.</param>
    /// <param name="ZeroPoint">The code of 0.</param>
    /// <param name="Lowest">The lowest code less the zero point.</param>
    /// <param name="Highest">The highest code less the zero point.</param>
    internal readonly record struct Span(int First, int Count, float Scale, int ZeroPoint, int Lowest, int Highest);
}
