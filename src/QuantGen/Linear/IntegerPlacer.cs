using System.Runtime.InteropServices;
using QuantGen.Integers;
using QuantGen.Kernels;
using QuantGen.Packed;
using QuantGen.Quantization;
using QuantGen.Specs;

namespace QuantGen.Linear;

/// <summary>Places the numbers of a model without floats: integers that are folded from the file's floats. Called by generated code while a model
/// loads.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class IntegerPlacer
{
    /// <summary>Places what becomes of a tensor.</summary>
    /// <param name="model">The packed file.</param>
    /// <param name="arena">The weights of the loaded model.</param>
    /// <param name="name">The tensor.</param>
    /// <param name="offset">Where it goes.</param>
    /// <exception cref="ModelFormatException">Its numbers do not fit 32 bits.</exception>
    public static void Place(PackedModel model, WeightArena arena, string name, long offset)
    {
        if (model.IsPlacedByFirst(name))
        {
            return;
        }

        string owner = name[..name.LastIndexOf('.')];
        switch (IntegerLayout.KindOf(model.Spec, name))
        {
            case IntegerTensor.Bytes:
                TensorPlacer.PlaceBytes(model, arena, name, offset);
                break;
            case IntegerTensor.Codes:
                Write(arena, offset, Codes(model, owner));
                break;
            case IntegerTensor.Scores:
                Write(arena, offset, Scores(model, owner));
                break;
            case IntegerTensor.WordScales:
                IntegerWords words = IntegerWords.Of(model);
                Write(arena, offset, words.Multipliers, words.Shift);
                break;
            case IntegerTensor.Embedding:
                IntegerWords.Round(model.Floats(name), arena.Integers(offset, model.Floats(name).Length));
                break;
            case IntegerTensor.Gamma:
                IntegerNorm norm = IntegerNorm.Of(model, owner);
                Write(arena, offset, norm.Gamma, norm.Shift);
                break;
            case IntegerTensor.Beta:
                Write(arena, offset, IntegerNorm.Of(model, owner).Beta);
                break;
            case IntegerTensor.OutputWeights:
                IntegerOutput output = IntegerOutput.Of(model, new IntegerScales(model), owner);
                Write(arena, offset, output.Weights, output.Shift);
                break;
            case IntegerTensor.OutputBiases:
                Write(arena, offset, IntegerOutput.Of(model, new IntegerScales(model), owner).Biases);
                break;
        }
    }

    /// <summary>Places what belongs to the rows of a linear layer.</summary>
    /// <param name="model">The packed file.</param>
    /// <param name="arena">The weights, with the rows' sums.</param>
    /// <param name="matrix">The layer.</param>
    /// <param name="rows">The run of its rows.</param>
    /// <param name="place">Where it goes.</param>
    /// <param name="padded">The rows with those that fill panels.</param>
    internal static void PlaceRows(PackedModel model, WeightArena arena, MatrixSpec matrix, RowSegment rows, LinearPlace place, int padded)
    {
        IntegerLinear constants = IntegerLinear.Of(model, new IntegerScales(model), matrix, rows, arena.Integers(place.Sums, padded));
        constants.Multipliers.CopyTo(arena.Integers(place.Scales, padded));
        Span<long> summands = MemoryMarshal.Cast<int, long>(arena.Integers(place.Bias, 2 * padded));
        for (int row = 0; row < constants.Summands.Length; row++)
        {
            summands[Lanes.WideProducts.Place(row)] = constants.Summands[row];
        }

        arena.Integers(place.Shift, 1)[0] = constants.Shift;
    }

    private static FixedCodes Codes(PackedModel model, string site)
    {
        var scales = new IntegerScales(model);
        string linear = model.Spec.Graph.Matrices.First(node => node.Site == site).Name;
        ActivationParameters range = scales.Range(site);
        return FixedCodes.Of(scales.InputOf(linear), range.Scale, range.ZeroPoint, range.Lowest, range.Highest);
    }

    private static FixedScores Scores(PackedModel model, string query)
    {
        var scales = new IntegerScales(model);
        Graph.AttentionNode attention = model.Spec.Graph.Nodes.OfType<Graph.AttentionNode>().First(node => node.Operands[0] == query);
        return FixedScores.Of(scales.Range(attention.Operands[0]).Scale, scales.Range(attention.Operands[1]).Scale, attention.HeadSize);
    }

    private static void Write(WeightArena arena, long offset, ReadOnlySpan<int> values, int? shift = null)
    {
        Span<int> target = arena.Integers(offset, values.Length + (shift is null ? 0 : 1));
        values.CopyTo(target);
        if (shift is int last)
        {
            target[values.Length] = last;
        }
    }

    private static void Write<T>(WeightArena arena, long offset, T constants)
        where T : unmanaged => MemoryMarshal.Write(arena.Bytes(offset, Marshal.SizeOf<T>()), constants);
}
