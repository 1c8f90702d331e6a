namespace QuantGen.Training.Randomness;

/// <summary>Random numbers that depend on a seed, a place and a counter only, so that no generator has to be saved to continue where one stopped.</summary>
/// <remarks>The counter goes through the finalizer of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). A copy continues on its own.</remarks>
public struct RandomSequence
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private readonly ulong _key;
    private ulong _counter;

    /// <summary>Starts the numbers of a place.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="place">What the numbers are for, such as a purpose and an epoch; every difference gives other numbers.</param>
    public RandomSequence(ulong seed, params ReadOnlySpan<ulong> place)
    {
        ulong key = Mix(seed + Golden);
        foreach (ulong part in place)
        {
            key = Mix((key + Golden) ^ Mix(part));
        }

        _key = key;
    }

    /// <summary>Returns 64 random bits.</summary>
    public ulong Next() => Mix(_key + (Golden * ++_counter));

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

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
