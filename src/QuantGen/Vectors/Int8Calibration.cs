using System.Globalization;

namespace QuantGen.Vectors;

/// <summary>How elements of vectors become codes of -128 to 127: an element is about <c>offset + step * code</c>. Compared by reference.</summary>
/// <remarks>
/// <see cref="Global"/> has one step for all elements and no offset, so that products of codes are those of the vectors, divided by the square of the step:
/// right where a vector database compares codes as they are. <see cref="PerDimension"/> spreads the codes of every element over the range that it has, as
/// sentence-transformers does: finer, but codes of different elements weigh differently.
/// </remarks>
public sealed class Int8Calibration
{
    private const int Largest = 127;

    private readonly float[] _steps;
    private readonly float[] _offsets;

    private Int8Calibration(float[] steps, float[] offsets)
    {
        _steps = steps;
        _offsets = offsets;
    }

    /// <summary>Gets the elements of a vector.</summary>
    public int Dimensions => _steps.Length;

    /// <summary>Gets by how much an element grows from one code to the next, for every element.</summary>
    public ReadOnlySpan<float> Steps => _steps;

    /// <summary>Gets what code 0 stands for, for every element.</summary>
    public ReadOnlySpan<float> Offsets => _offsets;

    /// <summary>Takes one step for all elements from vectors of real texts: their largest magnitude has the code 127.</summary>
    /// <param name="vectors">At least one vector; all of one length and finite.</param>
    /// <exception cref="ArgumentException">There is no vector, or one has another length or a value that is not finite.</exception>
    public static Int8Calibration Global(IReadOnlyList<float[]> vectors)
    {
        int dimensions = DimensionsOf(vectors);
        float magnitude = vectors.Max(vector => vector.Max(Math.Abs));
        float[] steps = new float[dimensions];
        Array.Fill(steps, magnitude == 0 ? 1 : magnitude / Largest);
        return new Int8Calibration(steps, new float[dimensions]);
    }

    /// <summary>Takes a range for every element from vectors of real texts: its least value has the code -128, its largest 127.</summary>
    /// <param name="vectors">At least one vector, better some hundred; all of one length and finite. Values beyond the range get its ends.</param>
    /// <exception cref="ArgumentException">There is no vector, or one has another length or a value that is not finite.</exception>
    public static Int8Calibration PerDimension(IReadOnlyList<float[]> vectors)
    {
        int dimensions = DimensionsOf(vectors);
        (float[] steps, float[] offsets) = (new float[dimensions], new float[dimensions]);
        for (int i = 0; i < dimensions; i++)
        {
            float least = vectors.Min(vector => vector[i]);
            float most = vectors.Max(vector => vector[i]);
            steps[i] = most == least ? 1 : (most - least) / 255;
            offsets[i] = most == least ? least : least + (128 * steps[i]);
        }

        return new Int8Calibration(steps, offsets);
    }

    /// <summary>Writes a vector's codes.</summary>
    /// <param name="vector">The vector.</param>
    /// <param name="codes">Receives a code for every element.</param>
    /// <exception cref="ArgumentException">A length is another than <see cref="Dimensions"/>, or a value is not finite.</exception>
    public void Quantize(ReadOnlySpan<float> vector, Span<sbyte> codes)
    {
        VectorCodes.Require(vector, Dimensions, "the vector");
        RequireCodes(codes.Length);
        for (int i = 0; i < codes.Length; i++)
        {
            codes[i] = (sbyte)Math.Clamp(MathF.Round((vector[i] - _offsets[i]) / _steps[i]), sbyte.MinValue, sbyte.MaxValue);
        }
    }

    /// <summary>Writes the vector that codes stand for.</summary>
    /// <param name="codes">The codes.</param>
    /// <param name="vector">Receives the vector.</param>
    /// <exception cref="ArgumentException">A length is another than <see cref="Dimensions"/>.</exception>
    public void Dequantize(ReadOnlySpan<sbyte> codes, Span<float> vector)
    {
        RequireCodes(codes.Length);
        RequireCodes(vector.Length);
        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] = _offsets[i] + (_steps[i] * codes[i]);
        }
    }

    /// <summary>Writes a vector's codes by its own step: its largest magnitude has the code 127. Needs no calibration, and keeps cosines.</summary>
    /// <param name="vector">The vector; finite.</param>
    /// <param name="codes">Receives a code for every element.</param>
    /// <returns>The step: an element is about the step times its code.</returns>
    /// <exception cref="ArgumentException"><paramref name="codes"/> has another length, or a value is not finite.</exception>
    public static float QuantizeAlone(ReadOnlySpan<float> vector, Span<sbyte> codes)
    {
        VectorCodes.Require(vector, codes.Length, "the vector");
        float magnitude = 0;
        foreach (float value in vector)
        {
            magnitude = Math.Max(magnitude, Math.Abs(value));
        }

        float step = magnitude == 0 ? 1 : magnitude / Largest;
        for (int i = 0; i < codes.Length; i++)
        {
            codes[i] = (sbyte)Math.Clamp(MathF.Round(vector[i] / step), -Largest, Largest);
        }

        return step;
    }

    private static int DimensionsOf(IReadOnlyList<float[]> vectors)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        if (vectors.Count == 0 || vectors[0].Length == 0)
        {
            throw new ArgumentException("a calibration needs at least one vector with at least one element", nameof(vectors));
        }

        for (int i = 0; i < vectors.Count; i++)
        {
            VectorCodes.Require(vectors[i], vectors[0].Length, "vector", i);
        }

        return vectors[0].Length;
    }

    private void RequireCodes(int found)
    {
        if (found != Dimensions)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"the calibration is of {Dimensions} elements, and there are {found}"));
        }
    }
}
