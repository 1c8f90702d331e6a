namespace QuantGen.Kernels;

/// <summary>The activation functions, in place. Generated code calls them by the names of <see cref="HiddenActivation"/>.</summary>
public static class Activation
{
    /// <summary>Applies <see cref="HiddenActivation.Gelu"/>.</summary>
    /// <param name="values">The first of the values.</param>
    /// <param name="count">How many there are.</param>
    public static void Gelu(ref float values, int count) => Kernels.Gelu.Erf(ref values, count);

    /// <summary>Applies <see cref="HiddenActivation.GeluNew"/>.</summary>
    /// <param name="values">The first of the values.</param>
    /// <param name="count">How many there are.</param>
    public static void GeluNew(ref float values, int count) => Kernels.Gelu.Tanh(ref values, count);

    /// <summary>Applies <see cref="HiddenActivation.Tanh"/>.</summary>
    /// <param name="values">The first of the values.</param>
    /// <param name="count">How many there are.</param>
    public static void Tanh(ref float values, int count) => Kernels.Tanh.Apply(ref values, count);

    /// <summary>Applies a function that is known only when the program runs.</summary>
    /// <param name="function">The function.</param>
    /// <param name="values">The first of the values.</param>
    /// <param name="count">How many there are.</param>
    public static void Apply(HiddenActivation function, ref float values, int count)
    {
        switch (function)
        {
            case HiddenActivation.Gelu:
                Gelu(ref values, count);
                break;
            case HiddenActivation.GeluNew:
                GeluNew(ref values, count);
                break;
            case HiddenActivation.Tanh:
                Tanh(ref values, count);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(function), function, "No kernel computes this function.");
        }
    }
}
