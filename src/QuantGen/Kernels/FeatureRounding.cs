using System.Runtime.CompilerServices;
using QuantGen.Lanes;

namespace QuantGen.Kernels;

/// <summary>Rounds columns by ranges of their own, <see cref="ActivationParameters.Round"/> over lanes: first the scales of all columns, then their
/// centers.</summary>
/// <typeparam name="TLanes">The lanes.</typeparam>
internal readonly ref struct FeatureRounding<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    private readonly ref float _ranges;
    private readonly int _columns;
    private readonly TLanes _lowest;
    private readonly TLanes _highest;

    /// <summary>Says where the ranges are.</summary>
    /// <param name="ranges">The first column's scale.</param>
    /// <param name="columns">How many columns have a scale and a center.</param>
    /// <param name="bits">Bits of a code, 2 to 8.</param>
    public FeatureRounding(ref float ranges, int columns, int bits)
    {
        ActivationParameters codes = ActivationParameters.FromCenter(1f, 0f, bits);
        _ranges = ref ranges;
        _columns = columns;
        _lowest = TLanes.Broadcast(codes.Lowest - codes.ZeroPoint);
        _highest = TLanes.Broadcast(codes.Highest - codes.ZeroPoint);
    }

    /// <summary>Rounds up to sixteen columns.</summary>
    /// <param name="values">The values; lanes behind them have no meaning.</param>
    /// <param name="column">The first column.</param>
    /// <param name="count">How many.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes Round(TLanes values, int column, int count)
    {
        TLanes scale = TLanes.Max(LanesTail.LoadUpTo<TLanes>(ref _ranges, column, count, 1f), TLanes.Broadcast(1e-8f));
        TLanes center = LanesTail.LoadUpTo<TLanes>(ref _ranges, _columns + column, count);
        return (ActivationQuantizer.Round((values - center) * (TLanes.Broadcast(1f) / scale), _lowest, _highest) * scale) + center;
    }
}
