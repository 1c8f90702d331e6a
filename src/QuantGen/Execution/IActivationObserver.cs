namespace QuantGen.Execution;

/// <summary>Sees the full-precision activations that enter linear layers, for calibration. Called on one thread at a time.</summary>
public interface IActivationObserver
{
    /// <summary>Takes the activations of some tokens at one place.</summary>
    /// <param name="site">Index into the model's activation sites.</param>
    /// <param name="use">Which use of a shared layer; 0 where nothing is shared.</param>
    /// <param name="values">The activations; no other sequence's padding is among them.</param>
    void Observe(int site, int use, ReadOnlySpan<float> values);
}
