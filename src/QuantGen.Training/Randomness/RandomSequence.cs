using QuantGen.Quantization;

namespace QuantGen.Training.Randomness;

/// <summary>Random numbers that depend on a seed, a place and a counter only, so that no generator has to be saved to continue where one stopped.</summary>
/// <remarks>A copy continues on its own.</remarks>
public struct RandomSequence
{
    private readonly ulong _key;
    private ulong _counter;

    /// <summary>Starts the numbers of a place.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="place">What the numbers are for, such as a purpose and an epoch; every difference gives other numbers.</param>
    public RandomSequence(ulong seed, params ReadOnlySpan<ulong> place)
    {
        ulong key = seed;
        foreach (ulong part in place)
        {
            key = CounterRandom.Bits(key, part);
        }

        _key = key;
    }

    /// <summary>Returns 64 random bits.</summary>
    public ulong Next() => CounterRandom.Bits(_key, _counter++);

    /// <summary>Returns a number from 0 to one below a bound.</summary>
    /// <param name="bound">The bound, at least 1.</param>
    public int Below(int bound) => (int)(((Next() >> 32) * (ulong)bound) >> 32);

    /// <summary>Returns a number from 0 to below 1.</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Returns a number of the standard normal distribution (Box and Muller, 1958).</summary>
    public double Normal()
    {
        // 1 - u is never 0.
        double radius = Math.Sqrt(-2 * Math.Log(1 - Unit()));
        return radius * Math.Cos(2 * Math.PI * Unit());
    }

    /// <summary>Puts elements into a random order (Fisher and Yates).</summary>
    /// <typeparam name="T">Any type.</typeparam>
    /// <param name="items">The elements.</param>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int other = Below(i + 1);
            (items[i], items[other]) = (items[other], items[i]);
        }
    }

    /// <summary>Makes a part of a place from a name (FNV-1a).</summary>
    /// <param name="name">Any text.</param>
    public static ulong Place(string name)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (byte b in System.Text.Encoding.UTF8.GetBytes(name))
        {
            hash = (hash ^ b) * 0x100000001B3;
        }

        return hash;
    }
}
