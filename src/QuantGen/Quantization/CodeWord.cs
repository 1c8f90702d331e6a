namespace QuantGen.Quantization;

/// <summary>The whole codes that stand in a word of 64 bits where a stream of codes is read word by word.</summary>
internal static class CodeWord
{
    private static readonly ulong[] s_lowestBits = [.. Enumerable.Range(0, 9).Select(MakeLowestBits)];

    /// <summary>Gets the bytes from one word to the next, which begins on a code: eight, but 6, 5, 6, 7 at 3, 5, 6, 7 bits.</summary>
    /// <param name="bits">Bits of a code, 1 to 8.</param>
    public static int Bytes(int bits) => bits * (8 / bits);

    /// <summary>Gets the codes of these bytes.</summary>
    /// <param name="bits">Bits of a code, 1 to 8.</param>
    public static int Codes(int bits) => 8 * (8 / bits);

    /// <summary>Gets the lowest bit of each of these codes.</summary>
    /// <param name="bits">Bits of a code, 1 to 8.</param>
    public static ulong LowestBits(int bits) => s_lowestBits[bits];

    private static ulong MakeLowestBits(int bits)
    {
        ulong mask = 0;
        for (int code = 0; bits > 0 && code < Codes(bits); code++)
        {
            mask |= 1UL << (code * bits);
        }

        return mask;
    }
}
