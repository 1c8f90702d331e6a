namespace QuantGen.Sentences;

/// <summary>A dense layer between pooling and the vector of a text: activation(weights x + bias).</summary>
/// <param name="Inputs">Elements that come in.</param>
/// <param name="Outputs">Elements that go out.</param>
/// <param name="Activation">The activation; null for none.</param>
/// <param name="HasBias">Whether there is a bias.</param>
public sealed record SentenceLayer(int Inputs, int Outputs, HiddenActivation? Activation, bool HasBias);
