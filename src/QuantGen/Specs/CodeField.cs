namespace QuantGen.Specs;

/// <summary>One of the parts into which a code is cut where kernels read it: codes of 3, 5, 6 or 7 bits cross the borders of bytes, parts of 1, 2, 4 or 8 bits
/// do not.</summary>
/// <remarks>
/// A width is the sum of its parts, the widest in the lowest bits: a code of 7 bits is 4, 2 and 1 of them. So codes take as many bytes as their bits say, and
/// a part is unpacked by one shift and one mask. A pack holds as many steps as its narrowest part has in a byte.
/// </remarks>
/// <param name="Bits">1, 2, 4 or 8.</param>
/// <param name="Offset">The lowest bit of the code that belongs to it.</param>
/// <param name="FirstPlane">The plane of a pack that holds it for the first steps; those of later steps follow, first in the same bytes and then in the next
/// planes.</param>
internal readonly record struct CodeField(int Bits, int Offset, int FirstPlane)
{
    private static readonly CodeField[][] s_all = Enumerable.Range(0, 9).Select(Parts).ToArray();

    /// <summary>Gets the parts of a code, lowest bits first. Not to be written to.</summary>
    /// <param name="bits">Bits of the code, 1 to 8.</param>
    public static CodeField[] Of(int bits) => s_all[bits];

    /// <summary>Gets the steps of a pack.</summary>
    /// <param name="bits">Bits of a code, 1 to 8.</param>
    public static int StepsPerPack(int bits) => 8 / (bits & -bits);

    /// <summary>Gets the planes of a pack: as many bits as the codes of its steps have, in bytes.</summary>
    /// <param name="bits">Bits of a code, 1 to 8.</param>
    public static int PlanesPerPack(int bits) => bits * StepsPerPack(bits) / 8;

    /// <summary>Gets the plane that holds this part of a step's codes.</summary>
    /// <param name="step">The step in its pack.</param>
    public int Plane(int step) => FirstPlane + (step / (8 / Bits));

    /// <summary>Gets the bit of a byte at which this part of a step's codes begins.</summary>
    /// <param name="step">The step in its pack.</param>
    public int FirstBit(int step) => step % (8 / Bits) * Bits;

    private static CodeField[] Parts(int bits)
    {
        var parts = new List<CodeField>();
        int plane = 0;
        for (int part = 8; part > 0; part /= 2)
        {
            if ((bits & part) != 0)
            {
                parts.Add(new CodeField(part, parts.Sum(p => p.Bits), plane));
                plane += part * StepsPerPack(bits) / 8;
            }
        }

        return parts.ToArray();
    }
}
