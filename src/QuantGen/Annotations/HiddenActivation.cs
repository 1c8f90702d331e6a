namespace QuantGen;

/// <summary>The activation between the two feed-forward layers.</summary>
public enum HiddenActivation
{
    /// <summary>x * Phi(x), with the error function; <c>gelu</c> in config.json.</summary>
    Gelu,

    /// <summary>The tanh approximation of GELU; <c>gelu_new</c> in config.json.</summary>
    GeluNew,

    /// <summary>The hyperbolic tangent; also the pooler's function.</summary>
    Tanh,
}
