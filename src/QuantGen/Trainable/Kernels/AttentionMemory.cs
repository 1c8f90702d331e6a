using System.Runtime.CompilerServices;

namespace QuantGen.Trainable.Kernels;

/// <summary>The parts of the memory that <see cref="AttentionTraining.ScratchFloats"/> counts.</summary>
/// <param name="first">The memory.</param>
/// <param name="keys">Keys of the sequence, rounded up to 16.</param>
/// <param name="columns">The head's dimensions, rounded up to 16.</param>
internal readonly ref struct AttentionMemory(ref float first, int keys, int columns)
{
    public readonly ref float Panels = ref first;

    public readonly ref float Slopes = ref Unsafe.Add(ref first, keys * (nint)columns);

    public readonly ref float Dropped = ref Unsafe.Add(ref first, keys * (nint)(columns + keys));

    public readonly ref float Padded = ref Unsafe.Add(ref first, keys * (nint)(columns + keys + keys));

    public readonly ref float Operands = ref Unsafe.Add(ref first, keys * (nint)(columns + keys + keys + columns));
}
