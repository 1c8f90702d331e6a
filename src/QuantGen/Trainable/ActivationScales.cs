namespace QuantGen.Trainable;

/// <summary>How training finds the scales of activations of one bit.</summary>
public enum ActivationScales
{
    /// <summary>They are learned, as shifts are (elastic binarization, BiT).</summary>
    Learned,

    /// <summary>They stay the mean magnitude of the first batch (XNOR-Net; Rastegari et al., 2016), and shifts 0.</summary>
    Mean,

    /// <summary>They are 1, and shifts 0: signs and nothing else (BiBERT).</summary>
    One,
}
