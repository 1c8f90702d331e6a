using System.Runtime.CompilerServices;
using QuantGen.Lanes;

namespace QuantGen.Kernels;

/// <summary>Rounds values to those that codes of a range stand for, <see cref="ActivationParameters.Round"/> over lanes.</summary>
/// <typeparam name="TLanes">The lanes.</typeparam>
internal readonly struct RoundingLanes<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    private readonly TLanes _center;
    private readonly TLanes _scale;
    private readonly TLanes _inverse;
    private readonly TLanes _lowest;
    private readonly TLanes _highest;

    /// <summary>Spreads a range over lanes.</summary>
    /// <param name="range">The range.</param>
    public RoundingLanes(ActivationParameters range)
    {
        _center = TLanes.Broadcast(range.Center);
        _scale = TLanes.Broadcast(range.Scale);
        _inverse = TLanes.Broadcast(range.Inverse);
        _lowest = TLanes.Broadcast(range.Lowest - range.ZeroPoint);
        _highest = TLanes.Broadcast(range.Highest - range.ZeroPoint);
    }

    /// <summary>Rounds values.</summary>
    /// <param name="values">The values.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes Round(TLanes values) => (ActivationQuantizer.Round((values - _center) * _inverse, _lowest, _highest) * _scale) + _center;
}
