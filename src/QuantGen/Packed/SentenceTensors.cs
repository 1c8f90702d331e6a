using QuantGen.Graph;
using QuantGen.Sentences;
using QuantGen.Specs;

namespace QuantGen.Packed;

/// <summary>The tensors of a sentence encoder's dense layers.</summary>
internal static class SentenceTensors
{
    /// <summary>Names the weights of a layer.</summary>
    public static string Weight(int layer) => FormattableString.Invariant($"sentence.layers.{layer}.weight");

    /// <summary>Names the biases of a layer.</summary>
    public static string Bias(int layer) => FormattableString.Invariant($"sentence.layers.{layer}.bias");

    /// <summary>Lists the tensors.</summary>
    public static IEnumerable<TensorSpec> Of(SentenceEncoding sentence)
    {
        for (int i = 0; i < sentence.Layers.Count; i++)
        {
            SentenceLayer layer = sentence.Layers[i];
            yield return new TensorSpec(Weight(i), true, new EquatableArray<int>([layer.Outputs, layer.Inputs]), TensorClass.Head);
            if (layer.HasBias)
            {
                yield return new TensorSpec(Bias(i), true, new EquatableArray<int>([layer.Outputs]), TensorClass.Head);
            }
        }
    }
}
