using System.Globalization;

namespace QuantGen.Vectors;

/// <summary>Makes vectors of texts shorter: fewer elements, or one bit an element.</summary>
public static class VectorCodes
{
    /// <summary>Keeps the first elements (Matryoshka), and divides them by their Euclidean length.</summary>
    /// <param name="vector">The vector; finite.</param>
    /// <param name="dimensions">How many elements are kept, from 1 to those of the vector.</param>
    /// <param name="normalize">Whether the result is made as long as 1 again; a vector of zeros stays as it is.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimensions"/> is less than 1 or more than the vector has.</exception>
    public static float[] Truncate(ReadOnlySpan<float> vector, int dimensions, bool normalize = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions, vector.Length);
        float[] kept = vector[..dimensions].ToArray();
        if (normalize)
        {
            Normalize(kept);
        }

        return kept;
    }

    /// <summary>Divides a vector by its Euclidean length, in place; a vector of zeros stays as it is.</summary>
    /// <param name="vector">The vector; finite.</param>
    public static void Normalize(Span<float> vector)
    {
        double sum = 0;
        foreach (float value in vector)
        {
            sum += (double)value * value;
        }

        double length = Math.Sqrt(sum);
        for (int i = 0; i < vector.Length && length > 0; i++)
        {
            vector[i] = (float)(vector[i] / length);
        }
    }

    /// <summary>Makes the vector that is left of one in a format: what codes stand for, with a step of the vector's own; of signs 1 and -1.</summary>
    /// <param name="vector">The vector; finite.</param>
    /// <param name="format">How it is kept.</param>
    public static float[] Kept(ReadOnlySpan<float> vector, VectorFormat format)
    {
        float[] kept = vector.ToArray();
        switch (format)
        {
            case VectorFormat.Int8:
                sbyte[] codes = new sbyte[kept.Length];
                float step = Int8Calibration.QuantizeAlone(vector, codes);
                return Array.ConvertAll(codes, code => code * step);
            case VectorFormat.Binary:
                return Array.ConvertAll(kept, value => value > 0 ? 1f : -1f);
            default:
                return kept;
        }
    }

    /// <summary>Gets the bytes of a vector's signs.</summary>
    /// <param name="dimensions">Elements of the vector.</param>
    public static int SignBytes(int dimensions) => (dimensions + 7) / 8;

    /// <summary>Packs signs: bit <c>i % 8</c> of byte <c>i / 8</c>, the lowest first, is 1 where element i is above zero.</summary>
    /// <param name="vector">The vector.</param>
    /// <param name="bits">Receives the bits, <see cref="SignBytes"/> of them; those that are left of the last byte are 0.</param>
    /// <exception cref="ArgumentException"><paramref name="bits"/> has another length.</exception>
    public static void PackSigns(ReadOnlySpan<float> vector, Span<byte> bits)
    {
        if (bits.Length != SignBytes(vector.Length))
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"the signs of {vector.Length} elements take {SignBytes(vector.Length)} bytes, and there are {bits.Length}"));
        }

        bits.Clear();
        for (int i = 0; i < vector.Length; i++)
        {
            if (vector[i] > 0)
            {
                bits[i / 8] |= (byte)(1 << (i % 8));
            }
        }
    }

    /// <summary>Requires vectors of one length without NaN and infinity.</summary>
    /// <exception cref="ArgumentException">One has another length, or a value that is not finite.</exception>
    internal static void Require(ReadOnlySpan<float> vector, int dimensions, string what, int? index = null)
    {
        if (vector.Length != dimensions)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"{Name(what, index)} has {vector.Length} elements, and {dimensions} are needed"));
        }

        foreach (float value in vector)
        {
            if (!float.IsFinite(value))
            {
                throw new ArgumentException($"{Name(what, index)} has a value that is NaN or infinite");
            }
        }
    }

    private static string Name(string what, int? index) => index is null ? what : string.Create(CultureInfo.InvariantCulture, $"{what} {index}");
}
