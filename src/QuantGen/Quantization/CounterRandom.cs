using System.Runtime.CompilerServices;

namespace QuantGen.Quantization;

/// <summary>Random numbers that are functions of a seed and a counter, so that they do not depend on who asks first.</summary>
/// <remarks>The output function of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014) over a Weyl sequence that starts at the mixed seed.</remarks>
internal static class CounterRandom
{
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15;

    /// <summary>Returns 64 random bits.</summary>
    /// <param name="seed">Which sequence.</param>
    /// <param name="counter">Which number of it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Bits(ulong seed, ulong counter) => Mix(Mix(seed + GoldenGamma) + ((counter + 1) * GoldenGamma));

    /// <summary>Returns a number of 53 random bits, from 0 up to but not including 1.</summary>
    /// <param name="seed">Which sequence.</param>
    /// <param name="counter">Which number of it.</param>
    public static double Uniform(ulong seed, ulong counter) => (Bits(seed, counter) >> 11) * (1.0 / (1UL << 53));

    /// <summary>Mixes 64 bits (the finalizer of SplitMix64), one to one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
