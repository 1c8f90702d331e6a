using System.Runtime.CompilerServices;
using QuantGen.Lanes;

namespace QuantGen.Trainable.Kernels;

/// <summary>Sixty-four neighbouring sums, held in registers by the loops that use it.</summary>
/// <typeparam name="TLanes">The lanes.</typeparam>
internal struct FourLanes<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    private TLanes _0;
    private TLanes _1;
    private TLanes _2;
    private TLanes _3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Load(ref float source)
    {
        _0 = TLanes.Load(ref source, 0);
        _1 = TLanes.Load(ref source, 16);
        _2 = TLanes.Load(ref source, 32);
        _3 = TLanes.Load(ref source, 48);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Accumulate(TLanes a, TLanes b0, TLanes b1, TLanes b2, TLanes b3)
    {
        TLanes.Accumulate(ref _0, a, b0);
        TLanes.Accumulate(ref _1, a, b1);
        TLanes.Accumulate(ref _2, a, b2);
        TLanes.Accumulate(ref _3, a, b3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(ref float target)
    {
        TLanes.Store(_0, ref target, 0);
        TLanes.Store(_1, ref target, 16);
        TLanes.Store(_2, ref target, 32);
        TLanes.Store(_3, ref target, 48);
    }
}
