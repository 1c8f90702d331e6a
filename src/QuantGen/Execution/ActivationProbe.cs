using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace QuantGen.Execution;

/// <summary>Shows full-precision activations to an observer, where there is one.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ActivationProbe
{
    /// <summary>Shows some tokens' inputs of a linear layer.</summary>
    /// <param name="pass">The batch.</param>
    /// <param name="site">Index of the activation site.</param>
    /// <param name="use">Which use of a shared layer.</param>
    /// <param name="input">First value of the first token.</param>
    /// <param name="stride">Floats from token to token.</param>
    /// <param name="count">Number of tokens.</param>
    /// <param name="columns">Values of a token.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Observe(ForwardPass pass, int site, int use, ref float input, int stride, int count, int columns)
    {
        if (pass.Observer is not null)
        {
            Show(pass.Observer, site, use, ref input, stride, count, columns);
        }
    }

    private static void Show(IActivationObserver observer, int site, int use, ref float input, int stride, int count, int columns)
    {
        for (int token = 0; token < count; token++)
        {
            observer.Observe(site, use, MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref input, (nint)token * stride), columns));
        }
    }
}
