namespace QuantGen.Quantization;

/// <summary>Gives activations codes of one bit by a scale and a shift: elastic binarization (BiT, Liu et al. 2022).</summary>
/// <remarks>
/// With <c>u = (x - shift) / scale</c> a value that may have either sign becomes <c>scale * sgn(u)</c>, where <c>sgn(0) = +1</c>, and one that is never far
/// below zero becomes <c>scale * round(clip(u, 0, 1))</c>, halves to even. Both are one comparison and are defined by it: the code is 1 where
/// <c>x &gt;= shift</c>, or where <c>x &gt; shift + scale / 2</c> with the right side rounded once. NaN has the code 0.
/// Training learns both numbers. With the value of the code in units of the scale, q, a value inside (u from -1 to 1, or from 0 to 1) passes its gradient on,
/// and its derivatives by scale and shift are q - u and -1; outside they are q and 0, and no gradient passes.
/// Products take the code 0 for -1: a value is <c>((2 code - 1) - ZeroPoint) * Step</c>, which is -scale and +scale, or 0 and scale.
/// </remarks>
/// <param name="Scale">The scale; positive and finite, floored at <see cref="QuantizationParameters.SmallestScale"/>.</param>
/// <param name="Shift">What is subtracted from a value first; finite.</param>
/// <param name="IsSigned">Whether values are -scale and +scale rather than 0 and scale.</param>
internal readonly record struct ElasticBinarizer(float Scale, float Shift, bool IsSigned)
{
    /// <summary>Gets the scale that counts.</summary>
    public float Scale { get; } = MathF.Max(Scale, QuantizationParameters.SmallestScale);

    /// <summary>Gets the largest value with the code 0: the code is 1 where <c>x &gt; Threshold</c>.</summary>
    public float Threshold => IsSigned ? MathF.BitDecrement(Shift) : Shift + (0.5f * Scale);

    /// <summary>Gets what -1 or +1 is multiplied by after <see cref="ZeroPoint"/> is subtracted.</summary>
    public float Step => IsSigned ? Scale : 0.5f * Scale;

    /// <summary>Gets which of -1, 0 and +1 stands for zero: 0 where no code does, -1 where the code 0 does.</summary>
    public int ZeroPoint => IsSigned ? 0 : -1;

    /// <summary>Returns the scale that training and calibration begin with, twice or four times the mean.</summary>
    /// <param name="mean">The mean magnitude; where values are 0 and scale, the mean of what lies above zero, with 0 for the rest.</param>
    /// <param name="isSigned">Whether values are -scale and +scale.</param>
    public static float InitialScale(double mean, bool isSigned) => MathF.Max((float)((isSigned ? 2 : 4) * mean), QuantizationParameters.SmallestScale);

    /// <summary>Returns the code of a value.</summary>
    /// <param name="x">Any float.</param>
    public byte Code(float x) => x > Threshold ? (byte)1 : (byte)0;

    /// <summary>Returns the value of a code.</summary>
    /// <param name="code">0 or 1.</param>
    public float Value(byte code) => ((2 * code) - 1 - ZeroPoint) * Step;

    /// <summary>Gets the least value of u that is inside; the largest is 1.</summary>
    public float Lowest => IsSigned ? -1f : 0f;

    /// <summary>Says whether a value passes its gradient on.</summary>
    /// <param name="x">Any float.</param>
    public bool IsInside(float x) => (x - Shift) / Scale is var u && u >= Lowest && u <= 1f;

    /// <summary>Returns the derivative of what a value becomes by the scale.</summary>
    /// <param name="x">Any float.</param>
    public float ScaleSlope(float x)
    {
        float q = IsSigned ? (2 * Code(x)) - 1 : Code(x);
        return IsInside(x) ? q - ((x - Shift) / Scale) : q;
    }

    /// <summary>Returns the derivative of what a value becomes by the shift.</summary>
    /// <param name="x">Any float.</param>
    public float ShiftSlope(float x) => IsInside(x) ? -1f : 0f;

    /// <summary>Quantizes and dequantizes a value.</summary>
    /// <param name="x">Any float.</param>
    public float FakeQuantize(float x) => Value(Code(x));
}
