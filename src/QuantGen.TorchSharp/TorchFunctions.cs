using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>The activation functions.</summary>
internal static class TorchFunctions
{
    private const float QuickGeluFactor = 1.702f;

    /// <summary>Computes a function of each number.</summary>
    /// <param name="function">The function.</param>
    /// <param name="x">The arguments.</param>
    public static Tensor Apply(HiddenActivation function, Tensor x) => function switch
    {
        HiddenActivation.Gelu => nn.functional.gelu(x),
        HiddenActivation.GeluNew => x * 0.5f * (((x + (x * x * x * 0.044715f)) * Math.Sqrt(2 / Math.PI)).tanh() + 1f),
        HiddenActivation.Tanh => x.tanh(),
        HiddenActivation.Relu => nn.functional.relu(x),
        HiddenActivation.Silu => nn.functional.silu(x),
        HiddenActivation.QuickGelu => x * (x * QuickGeluFactor).sigmoid(),
        _ => throw new ArgumentOutOfRangeException(nameof(function), function, "This activation function has no form in libtorch's operations here."),
    };
}
