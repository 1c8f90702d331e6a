using QuantGen.Graph;

namespace QuantGen.Peers.Graphs;

/// <summary>Weights as a recipe of blocks rounds them, in floats: what its graph multiplies with, but for the rounding of activations.</summary>
/// <param name="weights">The weights before.</param>
/// <param name="config">The dimensions.</param>
/// <param name="recipe">A recipe whose kind is <see cref="LinearKind.Blocks"/>.</param>
internal sealed class RoundedWeights(IWeightSource weights, ModelConfig config, Recipe recipe) : IWeightSource
{
    private static readonly string[] s_matrices = [".query.weight", ".key.weight", ".value.weight", ".dense.weight"];

    public float[] Get(string name, int count)
    {
        float[] values = weights.Get(name, count);
        if (!s_matrices.Any(ending => name.EndsWith(ending, StringComparison.Ordinal)))
        {
            return values;
        }

        int inputs = name.EndsWith(".output.dense.weight", StringComparison.Ordinal) && !name.Contains(".attention.", StringComparison.Ordinal)
            ? config.IntermediateSize
            : config.HiddenSize;
        return Round(values, inputs);
    }

    private float[] Round(float[] values, int inputs)
    {
        (byte[] codes, float[] scales) = OperatorCodes.Blocks(values, values.Length / inputs, inputs, recipe.Bits, recipe.Block);
        int blocks = OperatorCodes.BlocksOf(inputs, recipe.Block);
        int perByte = 8 / recipe.Bits, middle = 1 << (recipe.Bits - 1), mask = (2 * middle) - 1;
        float[] rounded = new float[values.Length];
        for (int i = 0; i < rounded.Length; i++)
        {
            int block = (i / inputs * blocks) + (i % inputs / recipe.Block);
            int place = (block * recipe.Block) + (i % inputs % recipe.Block);
            int code = (codes[place / perByte] >> (recipe.Bits * (place % perByte))) & mask;
            rounded[i] = (code - middle) * scales[block];
        }

        return rounded;
    }
}
