using System.Runtime.InteropServices;
using QuantGen.Files;
using QuantGen.Packed;

namespace QuantGen.Linear;

/// <summary>Copies tensors that no kernel reorders. Called by generated code while a model loads.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class TensorPlacer
{
    // Bytes that a thread copies at a time.
    private const int Part = 1 << 20;

    /// <summary>Copies floats.</summary>
    /// <param name="model">The packed file.</param>
    /// <param name="arena">The weights of the loaded model.</param>
    /// <param name="name">The tensor.</param>
    /// <param name="offset">Where it goes.</param>
    public static void PlaceFloats(PackedModel model, WeightArena arena, string name, long offset)
    {
        if (model.IsPlacedByFirst(name))
        {
            return;
        }

        int length = model.Floats(name).Length * sizeof(float);
        Copy(arena, offset, length, () => MemoryMarshal.AsBytes(model.Floats(name)));
    }

    /// <summary>Copies bytes.</summary>
    /// <param name="model">The packed file.</param>
    /// <param name="arena">The weights of the loaded model.</param>
    /// <param name="name">The tensor.</param>
    /// <param name="offset">Where it goes.</param>
    public static void PlaceBytes(PackedModel model, WeightArena arena, string name, long offset)
    {
        if (model.IsPlacedByFirst(name))
        {
            return;
        }

        Copy(arena, offset, model.Bytes(name).Length, () => model.Bytes(name));
    }

    /// <summary>Copies zero points, which are bytes in the file and integers in memory.</summary>
    /// <param name="model">The packed file.</param>
    /// <param name="arena">The weights of the loaded model.</param>
    /// <param name="name">The tensor.</param>
    /// <param name="offset">Where it goes.</param>
    public static void PlaceZeroPoints(PackedModel model, WeightArena arena, string name, long offset)
    {
        if (model.IsPlacedByFirst(name))
        {
            return;
        }

        ReadOnlySpan<byte> values = model.Bytes(name);
        Span<int> target = arena.Integers(offset, values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            target[i] = values[i];
        }
    }

    // A word embedding can be a third of the model, and the first writes to memory take longer than the copying.
    private static void Copy(WeightArena arena, long offset, int length, Source source) =>
        LoadLoop.Run(arena.LoadThreads, (length + Part - 1) / Part, part =>
        {
            int start = part * Part;
            ReadOnlySpan<byte> values = source().Slice(start, Math.Min(Part, length - start));
            values.CopyTo(arena.Bytes(offset + start, values.Length));
        }, arena.LoadCancellation);

    private delegate ReadOnlySpan<byte> Source();
}
