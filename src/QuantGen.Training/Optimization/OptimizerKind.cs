namespace QuantGen.Training.Optimization;

/// <summary>Which optimizer changes the parameters.</summary>
public enum OptimizerKind
{
    /// <summary>Adam with corrected bias and decoupled decay (Loshchilov and Hutter, 2019); gradients are clipped together.</summary>
    AdamW,

    /// <summary>
    /// BERT's original optimizer, TernaryBERT's: no correction of bias, decay inside the update, and the gradient of each parameter clipped on its own.
    /// </summary>
    BertAdam,
}
