using QuantGen.Execution;
using QuantGen.Packed;

namespace QuantGen.Linear;

/// <summary>Copies tensors that no kernel reorders. Called by generated code while a model loads.</summary>
public static class TensorPlacer
{
    /// <summary>Copies floats.</summary>
    /// <param name="model">The packed file.</param>
    /// <param name="arena">The weights of the loaded model.</param>
    /// <param name="name">The tensor.</param>
    /// <param name="offset">Where it goes.</param>
    public static void PlaceFloats(PackedModel model, WeightArena arena, string name, long offset)
    {
        ReadOnlySpan<float> values = model.Floats(name);
        values.CopyTo(arena.Floats(offset, values.Length));
    }

    /// <summary>Copies bytes.</summary>
    /// <param name="model">The packed file.</param>
    /// <param name="arena">The weights of the loaded model.</param>
    /// <param name="name">The tensor.</param>
    /// <param name="offset">Where it goes.</param>
    public static void PlaceBytes(PackedModel model, WeightArena arena, string name, long offset)
    {
        ReadOnlySpan<byte> values = model.Bytes(name);
        values.CopyTo(arena.Bytes(offset, values.Length));
    }

    /// <summary>Copies zero points, which are bytes in the file and integers in memory.</summary>
    /// <param name="model">The packed file.</param>
    /// <param name="arena">The weights of the loaded model.</param>
    /// <param name="name">The tensor.</param>
    /// <param name="offset">Where it goes.</param>
    public static void PlaceZeroPoints(PackedModel model, WeightArena arena, string name, long offset)
    {
        ReadOnlySpan<byte> values = model.Bytes(name);
        Span<int> target = arena.Integers(offset, values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            target[i] = values[i];
        }
    }
}
