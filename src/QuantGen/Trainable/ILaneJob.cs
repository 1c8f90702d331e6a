using QuantGen.Lanes;

namespace QuantGen.Trainable;

/// <summary>Work in items, as <see cref="ITeamJob"/>, that runs on the lanes of this processor.</summary>
internal interface ILaneJob
{
    /// <summary>Runs one item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="worker">Whose scratch memory to use.</param>
    void Run<TLanes>(int item, int worker)
        where TLanes : struct, ILanes<TLanes>;
}
