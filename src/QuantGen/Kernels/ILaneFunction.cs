using QuantGen.Lanes;

namespace QuantGen.Kernels;

/// <summary>A function of one number that works lane by lane.</summary>
internal interface ILaneFunction
{
    /// <summary>Computes the function in every lane.</summary>
    static abstract TLanes Compute<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>;
}
