using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using QuantGen.Quantization;

namespace QuantGen.Trainable.Kernels;

/// <summary>Which elements of one place in the model dropout clears in one step: a function of seed, step, place and element, not of who asks.</summary>
/// <remarks>
/// An element's number goes twice through the integer hash "lowbias32" of Chris Wellons, each time after a key is mixed in; the keys are made of
/// seed, step and place by the finalizer of SplitMix64. Integer operations are the same on every processor.
/// </remarks>
internal readonly struct DropoutMask
{
    private readonly uint _firstKey;
    private readonly uint _secondKey;
    private readonly uint _threshold;
    private readonly float _scale;

    /// <summary>Describes a mask.</summary>
    /// <param name="rate">The share of elements to clear, 0 to below 1.</param>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="step">The optimizer's step.</param>
    /// <param name="site">The number of the place.</param>
    public DropoutMask(float rate, ulong seed, long step, int site)
    {
        ulong key = CounterRandom.Mix(CounterRandom.Mix(CounterRandom.Mix(seed + 0x9E3779B97F4A7C15) ^ (ulong)step) + (ulong)site);
        _firstKey = (uint)key;
        _secondKey = (uint)(key >> 32);
        _threshold = (uint)(rate * 4294967296.0);
        _scale = 1f / (1f - rate);
    }

    /// <summary>Gets whether no element is cleared, which is also what a default mask says.</summary>
    public bool IsEmpty => _threshold == 0;

    /// <summary>Clears elements and multiplies the others by 1 / (1 - rate).</summary>
    /// <param name="source">The values.</param>
    /// <param name="target">Receives the results; may be <paramref name="source"/>.</param>
    /// <param name="first">The number of the first element.</param>
    /// <param name="count">How many.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public void Apply(ref float source, ref float target, long first, int count)
    {
        uint element = (uint)first;
        nuint whole = (nuint)count & ~(nuint)15;
        Vector512<uint> numbers = Vector512<uint>.Indices + Vector512.Create(element);
        Vector512<float> scale = Vector512.Create(_scale);
        for (nuint i = 0; i < whole; i += 16)
        {
            Vector512<uint> kept = Vector512.GreaterThanOrEqual(Hash(numbers), Vector512.Create(_threshold));
            (Vector512.LoadUnsafe(ref source, i) * scale & kept.AsSingle()).StoreUnsafe(ref target, i);
            numbers += Vector512.Create(16u);
        }

        for (nuint i = whole; i < (nuint)count; i++)
        {
            Unsafe.Add(ref target, i) = Keeps(element + (uint)i) ? Unsafe.Add(ref source, i) * _scale : 0f;
        }
    }

    /// <summary>Gets whether an element is kept, by the book.</summary>
    /// <param name="element">The number of the element.</param>
    public bool Keeps(uint element)
    {
        uint x = element ^ _firstKey;
        x = Scramble(x) + _secondKey;
        return Scramble(x) >= _threshold;
    }

    private static uint Scramble(uint x)
    {
        x = (x ^ (x >> 16)) * 0x7FEB352D;
        x = (x ^ (x >> 15)) * 0x846CA68B;
        return x ^ (x >> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Scramble(Vector512<uint> x)
    {
        x = (x ^ (x >>> 16)) * Vector512.Create(0x7FEB352Du);
        x = (x ^ (x >>> 15)) * Vector512.Create(0x846CA68Bu);
        return x ^ (x >>> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512<uint> Hash(Vector512<uint> numbers) =>
        Scramble(Scramble(numbers ^ Vector512.Create(_firstKey)) + Vector512.Create(_secondKey));
}
