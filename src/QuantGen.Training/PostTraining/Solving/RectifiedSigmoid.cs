namespace QuantGen.Training.PostTraining.Solving;

/// <summary>AdaRound's relaxation of a choice between rounding down and up, and what drives it to one of the two (Nagel et al., ICML 2020).</summary>
internal static class RectifiedSigmoid
{
    private const float Stretch = 1.2f;
    private const float Low = -0.1f;

    /// <summary>Returns how much of a step is added to the lower code, 0 to 1.</summary>
    public static float Share(float v) => Math.Clamp((Sigmoid(v) * Stretch) + Low, 0f, 1f);

    /// <summary>Returns the share and its slope, which is 0 where the share is clipped.</summary>
    public static (float Share, float Slope) WithSlope(float v)
    {
        float sigmoid = Sigmoid(v);
        float share = (sigmoid * Stretch) + Low;
        return share <= 0f ? (0f, 0f) : share >= 1f ? (1f, 0f) : (share, sigmoid * (1f - sigmoid) * Stretch);
    }

    /// <summary>Returns the variable whose share is a fraction from 0 to below 1.</summary>
    public static float Inverse(float fraction) => -MathF.Log((Stretch / (fraction - Low)) - 1f);

    /// <summary>Returns <c>1 - |2 h - 1|^beta</c> for a share h: 0 once the choice is made.</summary>
    public static float Indecision(float share, float beta) => 1f - MathF.Pow(MathF.Abs((2f * share) - 1f), beta);

    /// <summary>Returns the slope of the indecision with respect to the variable, of a share and its slope.</summary>
    public static float IndecisionSlope(float share, float slope, float beta)
    {
        float offset = (2f * share) - 1f;
        return -2f * beta * MathF.Pow(MathF.Abs(offset), beta - 1f) * MathF.Sign(offset) * slope;
    }

    /// <summary>Returns the exponent at a step: 20 through the first fifth, then linearly down to 2.</summary>
    public static double Beta(int step, int steps)
    {
        double begin = 0.2 * steps;
        return step < begin ? 20 : 2 + (18 * Math.Max(0, 1 - ((step - begin) / (steps - begin))));
    }

    private static float Sigmoid(float v) => 1f / (1f + MathF.Exp(-v));
}
