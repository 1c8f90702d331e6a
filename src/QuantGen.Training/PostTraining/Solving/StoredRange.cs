using QuantGen.Quantization;
using QuantGen.Trainable;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>The stored range of a place where activations become codes, as a threshold that can learn; its zero point stays.</summary>
internal sealed class StoredRange
{
    private readonly int _zeroPoint;
    private readonly int _levels;

    /// <summary>Begins with a range that was calibrated.</summary>
    /// <param name="site">The place.</param>
    /// <param name="given">Its range.</param>
    /// <param name="bits">Bits of a code.</param>
    public StoredRange(string site, QuantizationParameters given, int bits)
    {
        Site = site;
        _zeroPoint = given.ZeroPoint;
        _levels = LsqQuantizer.Levels(bits);
        Threshold = new Parameter(site + ".alpha", ParameterKind.ActivationScale, 1);
        Threshold.Values[0] = given.Scale * _levels;
    }

    /// <summary>Gets the place.</summary>
    public string Site { get; }

    /// <summary>Gets the threshold.</summary>
    public Parameter Threshold { get; }

    /// <summary>Gets the range as it is now.</summary>
    public QuantizationParameters Parameters => new(LsqQuantizer.Scale(Threshold.Values[0], _levels), _zeroPoint);
}
