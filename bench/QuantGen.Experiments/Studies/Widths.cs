using System.Globalization;

namespace QuantGen.Experiments.Studies;

/// <summary>Bits in the papers' notation W-E-A.</summary>
/// <param name="Weights">Bits of the linear layers.</param>
/// <param name="Embedding">Bits of the word embedding.</param>
/// <param name="Activations">Bits of the activations, those of attention included.</param>
internal sealed record Widths(int Weights, int Embedding, int Activations)
{
    public string[] Options =>
    [
        "--bits", Text(Weights), "--embedding-bits", Text(Embedding), "--activation-bits", Text(Activations), "--attention-bits", Text(Activations),
    ];

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Weights}-{Embedding}-{Activations}");

    private static string Text(int bits) => bits.ToString(CultureInfo.InvariantCulture);
}
