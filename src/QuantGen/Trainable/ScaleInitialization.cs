namespace QuantGen.Trainable;

/// <summary>How the learned thresholds of LSQ begin.</summary>
public enum ScaleInitialization
{
    /// <summary>The range that holds 95% of the values (KDLSQ-BERT, Algorithm 1 with gamma 0.05).</summary>
    Truncation,

    /// <summary>4 for weights and 16 for activations, whatever the values are (KDLSQ-BERT, section 4.2).</summary>
    Experience,

    /// <summary>Step 2 mean|v| / sqrt(levels) (Esser et al., LSQ, section 2.1).</summary>
    MeanMagnitude,
}
