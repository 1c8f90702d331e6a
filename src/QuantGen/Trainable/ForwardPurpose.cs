namespace QuantGen.Trainable;

/// <summary>What a forward pass is for.</summary>
public enum ForwardPurpose
{
    /// <summary>As inference computes it: quantized, no dropout, nothing changes.</summary>
    Evaluate,

    /// <summary>Quantized, with dropout; running ranges move.</summary>
    Train,

    /// <summary>In full precision without dropout; the thresholds of all activation sites are set from this batch.</summary>
    Calibrate,
}
