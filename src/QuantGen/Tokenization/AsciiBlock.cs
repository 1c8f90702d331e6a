using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace QuantGen.Tokenization;

/// <summary>Classifies up to 64 characters at once.</summary>
internal static class AsciiBlock
{
    /// <summary>How many characters a block has at most.</summary>
    public const int Length = 64;

    /// <summary>Returns which characters are ASCII letters and digits, and writes those lower-cased or as they are.</summary>
    /// <param name="text">Up to <see cref="Length"/> characters.</param>
    /// <param name="lowerCase">Whether letters are lower-cased.</param>
    /// <param name="bytes">At least <see cref="Length"/> bytes; bytes of other characters have no meaning.</param>
    /// <returns>Bit i is set when character i continues a word.</returns>
    public static ulong Classify(ReadOnlySpan<char> text, bool lowerCase, Span<byte> bytes)
    {
        if (text.Length >= Length)
        {
            return ClassifyFull(MemoryMarshal.Cast<char, ushort>(text), lowerCase, bytes);
        }

        Span<ushort> padded = stackalloc ushort[Length];
        padded[text.Length..].Clear();
        MemoryMarshal.Cast<char, ushort>(text).CopyTo(padded);
        return ClassifyFull(padded, lowerCase, bytes);
    }

    /// <summary>The definition: one character at a time.</summary>
    internal static ulong Reference(ReadOnlySpan<char> text, bool lowerCase, Span<byte> bytes)
    {
        ulong mask = 0;
        for (int i = 0; i < Math.Min(text.Length, Length); i++)
        {
            if (char.IsAsciiLetterOrDigit(text[i]))
            {
                mask |= 1UL << i;
                bytes[i] = (byte)(lowerCase ? char.ToLowerInvariant(text[i]) : text[i]);
            }
        }

        return mask;
    }

    private static ulong ClassifyFull(ReadOnlySpan<ushort> text, bool lowerCase, Span<byte> bytes)
    {
        ref ushort source = ref MemoryMarshal.GetReference(text[..Length]);
        ref byte target = ref MemoryMarshal.GetReference(bytes[..Length]);
        Vector128<byte> caseBit = Vector128.Create(lowerCase ? (byte)0x20 : (byte)0);
        ulong mask = 0;
        for (nuint i = 0; i < Length; i += 16)
        {
            // Saturating keeps characters beyond U+00FF from looking like ASCII.
            Vector128<byte> value = Vector128.NarrowWithSaturation(Vector128.LoadUnsafe(ref source, i), Vector128.LoadUnsafe(ref source, i + 8));
            Vector128<byte> isUpper = Vector128.LessThan(value - Vector128.Create((byte)'A'), Vector128.Create((byte)26));
            Vector128<byte> isLower = Vector128.LessThan(value - Vector128.Create((byte)'a'), Vector128.Create((byte)26));
            Vector128<byte> isDigit = Vector128.LessThan(value - Vector128.Create((byte)'0'), Vector128.Create((byte)10));
            (value | (isUpper & caseBit)).StoreUnsafe(ref target, i);
            mask |= (ulong)(isUpper | isLower | isDigit).ExtractMostSignificantBits() << (int)i;
        }

        return mask;
    }
}
