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

    /// <summary>max(0, x); <c>relu</c> in config.json.</summary>
    Relu,

    /// <summary>x / (1 + e^-x); <c>silu</c> or <c>swish</c> in config.json.</summary>
    Silu,

    /// <summary>x / (1 + e^(-1.702 x)), an approximation of GELU; <c>quick_gelu</c> in config.json.</summary>
    QuickGelu,
}

/// <summary>The activation functions under the names of <c>config.json</c>.</summary>
internal static class ActivationNames
{
    private static readonly (string Name, HiddenActivation Function)[] s_names =
    {
        ("gelu", HiddenActivation.Gelu),
        ("gelu_python", HiddenActivation.Gelu),
        ("gelu_new", HiddenActivation.GeluNew),
        ("gelu_fast", HiddenActivation.GeluNew),
        ("gelu_pytorch_tanh", HiddenActivation.GeluNew),
        ("tanh", HiddenActivation.Tanh),
        ("relu", HiddenActivation.Relu),
        ("silu", HiddenActivation.Silu),
        ("swish", HiddenActivation.Silu),
        ("quick_gelu", HiddenActivation.QuickGelu),
    };

    /// <summary>Gets all names, for messages.</summary>
    public static string All => string.Join(", ", s_names.Select(row => "'" + row.Name + "'"));

    /// <summary>Gets the name of a function.</summary>
    /// <param name="function">The function.</param>
    public static string Of(HiddenActivation function)
    {
        foreach ((string name, HiddenActivation known) in s_names)
        {
            if (known == function)
            {
                return name;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(function), function, "This function has no name.");
    }

    /// <summary>Finds a function; null for an unknown name.</summary>
    /// <param name="name">The name.</param>
    public static HiddenActivation? Find(string name)
    {
        foreach ((string known, HiddenActivation function) in s_names)
        {
            if (known == name)
            {
                return function;
            }
        }

        return null;
    }
}
