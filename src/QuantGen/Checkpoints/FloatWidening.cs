using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace QuantGen.Checkpoints;

/// <summary>Converts stored floats to those of 32 bits, which hold all of them exactly.</summary>
internal static class FloatWidening
{
    /// <summary>Converts elements.</summary>
    /// <param name="dtype">Their type.</param>
    /// <param name="source">Their bytes, little-endian.</param>
    /// <param name="destination">Takes one number per element.</param>
    /// <returns>Whether the type is one of those that can be converted.</returns>
    public static bool TryWiden(SafetensorsDType dtype, ReadOnlySpan<byte> source, Span<float> destination)
    {
        switch (dtype)
        {
            case SafetensorsDType.F32:
                source.CopyTo(MemoryMarshal.AsBytes(destination));
                return true;
            case SafetensorsDType.F16:
                for (int i = 0; i < destination.Length; i++)
                {
                    destination[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(source[(2 * i)..]);
                }

                return true;
            case SafetensorsDType.BF16:
                for (int i = 0; i < destination.Length; i++)
                {
                    destination[i] = BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(source[(2 * i)..]) << 16);
                }

                return true;
            default:
                return false;
        }
    }
}
