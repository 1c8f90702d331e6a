using static QuantGen.Generators.Emission.Training.TrainingEmitter;

namespace QuantGen.Generators.Emission.Training;

/// <summary>Emits linear layers that read the same activations, forwards and backwards.</summary>
/// <param name="site">The canonical name of what they read.</param>
/// <param name="input">The buffer of the activations.</param>
/// <param name="tokens">How many rows it has.</param>
/// <param name="use">Which use of the layers in a pass.</param>
internal sealed class TrainingLinear(string site, string input, string tokens, string use)
{
    /// <summary>Emits the outputs.</summary>
    /// <param name="w">The writer.</param>
    /// <param name="output">The buffer that gets them, those of all layers side by side.</param>
    public void Forward(SourceWriter w, string output) =>
        w.Lines($"{Field(site)}.Forward(Pass, {input}, tokens: {tokens}, use: {use}, output: {output});");

    /// <summary>Emits the gradients of parameters and of the activations.</summary>
    /// <param name="w">The writer.</param>
    /// <param name="output">The gradients of the outputs.</param>
    /// <param name="gradient">The buffer that gets the gradient of the activations.</param>
    /// <param name="spare">A buffer for what must pass through a quantizer before it is added; null when the gradient begins here.</param>
    public void Backward(SourceWriter w, string output, string gradient, string? spare = null) => w.Lines(
        $"{Field(site)}.Backward(Pass, {input}, tokens: {tokens}, use: {use}, outputGradient: {output}, inputGradient: {gradient}, spare: {spare ?? "null"});");
}
