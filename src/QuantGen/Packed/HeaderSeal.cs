using System.Text;
using QuantGen.Specs;

namespace QuantGen.Packed;

/// <summary>The SHA-256 of a packed file's header, kept inside that header, so that not even its padding can change unseen.</summary>
/// <remarks>The hash covers everything before the first tensor, with the hash's own 64 digits taken as zeros.</remarks>
internal static class HeaderSeal
{
    public const string Key = "header_sha256";

    /// <summary>Stands where the seal will be.</summary>
    public static readonly string Blank = new('0', DigitCount);

    private const int DigitCount = 64;

    /// <summary>Writes the seal into a header that has <see cref="Blank"/> as its value.</summary>
    public static void Apply(Span<byte> header)
    {
        int start = Find(header);
        Encoding.ASCII.GetBytes(Compute(header, start), header.Slice(start, DigitCount));
    }

    /// <summary>Requires that a header still is what was sealed.</summary>
    public static void Verify(string file, ReadOnlySpan<byte> header)
    {
        int start = Find(header);
        bool isSealed = start >= 0 && header.Slice(start, DigitCount).SequenceEqual(Encoding.ASCII.GetBytes(Compute(header, start)));
        if (!isSealed)
        {
            throw new ModelFormatException(file, $"__metadata__ '{Key}'", "the header's own SHA-256", "another: the header was changed");
        }
    }

    // Inside a JSON string the quotes would be escaped, so this text occurs only as a member.
    private static int Find(ReadOnlySpan<byte> header)
    {
        ReadOnlySpan<byte> member = "\"header_sha256\":\""u8;
        int index = header.IndexOf(member);
        return index < 0 || index + member.Length + DigitCount > header.Length ? -1 : index + member.Length;
    }

    private static string Compute(ReadOnlySpan<byte> header, int start)
    {
        var hash = new Sha256();
        hash.Append(header[..start]);
        hash.Append(Encoding.ASCII.GetBytes(Blank));
        hash.Append(header[(start + DigitCount)..]);
        return hash.Finish();
    }
}
