namespace QuantGen.Schemes;

/// <summary>What training moves beside, or instead of, the weights of a quantized matrix.</summary>
public enum LearnedPart
{
    /// <summary>Nothing: gradients go straight through rounding to the weights.</summary>
    Nothing,

    /// <summary>The threshold of each group of rows, and with it the ranges of static activations.</summary>
    Thresholds,

    /// <summary>The ranges of static activations alone; gradients go straight through rounding to the weights.</summary>
    Ranges,

    /// <summary>The numbers of the codebook; labels and weights stay.</summary>
    Centroids,
}
