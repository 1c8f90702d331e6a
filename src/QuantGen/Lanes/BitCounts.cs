using System.Runtime.Intrinsics;

namespace QuantGen.Lanes;

/// <summary>How many bits small numbers have.</summary>
internal static class BitCounts
{
    /// <summary>Gets the counts of 0 to 15.</summary>
    public static Vector128<byte> OfHalves => Vector128.Create((byte)0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
}
