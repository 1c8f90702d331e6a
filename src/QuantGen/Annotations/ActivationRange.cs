namespace QuantGen;

/// <summary>Where the range of a quantized activation comes from.</summary>
public enum ActivationRange
{
    /// <summary>The minimum and maximum of each token, found when it is quantized.</summary>
    PerToken,

    /// <summary>One range per place in the model, found from calibration data and stored in the packed file.</summary>
    Static,
}
