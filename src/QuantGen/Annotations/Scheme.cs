namespace QuantGen;

/// <summary>Families of weight quantizers.</summary>
public enum Scheme
{
    /// <summary>Evenly spaced codes: value = (code - zero point) * scale. One bit is BWN: value = +-mean|w|.</summary>
    Linear,
}
