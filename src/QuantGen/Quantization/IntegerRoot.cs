using System.Numerics;

namespace QuantGen.Quantization;

/// <summary>The square root rounded down, by Newton's method on integers (Crandall and Pomerance; algorithms.md 9.5).</summary>
public static class IntegerRoot
{
    /// <summary>Takes the root.</summary>
    /// <param name="value">The square.</param>
    /// <param name="iterations">Receives how many divisions it took.</param>
    /// <returns>The largest integer whose square is at most <paramref name="value"/>.</returns>
    public static uint Of(ulong value, out int iterations)
    {
        iterations = 0;
        if (value == 0)
        {
            return 0;
        }

        // A power of two above the root. Of more than 62 bits it is 2^32, and its sum with a quotient still fits.
        int bits = 64 - BitOperations.LeadingZeroCount(value);
        ulong root = 1UL << ((bits + 1) / 2);
        while (true)
        {
            ulong next = (root + (value / root)) / 2;
            iterations++;
            if (next >= root)
            {
                return (uint)root;
            }

            root = next;
        }
    }

    /// <summary>Takes the root.</summary>
    /// <param name="value">The square.</param>
    public static uint Of(ulong value) => Of(value, out _);
}
