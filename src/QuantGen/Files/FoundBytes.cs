namespace QuantGen.Files;

/// <summary>Names what a file holds where it plainly holds something else than it should.</summary>
internal static class FoundBytes
{
    /// <summary>How many bytes of a file it takes to tell.</summary>
    public const int Length = 64;

    /// <summary>Describes the start of a file; null where it is nothing that is known here.</summary>
    /// <param name="start">The first bytes of the file, or all of it.</param>
    public static string? Describe(ReadOnlySpan<byte> start)
    {
        start = start[..Math.Min(start.Length, Length)];
        if (start.StartsWith("version https://git-lfs"u8))
        {
            return "a git-lfs pointer instead of the file itself; 'git lfs pull' fetches it";
        }

        if (IsUtf16(start))
        {
            return "UTF-16 text; save it as UTF-8";
        }

        if (start.StartsWith("PK\u0003\u0004"u8))
        {
            return "a zip archive, as torch.save writes";
        }

        ReadOnlySpan<byte> text = start.TrimStart(" \t\r\n"u8);
        return text.StartsWith("<!DOCTYPE"u8) || text.StartsWith("<!doctype"u8) || text.StartsWith("<html"u8) ? "an HTML page" : null;
    }

    /// <summary>Fails where a file plainly holds something else than text of a model.</summary>
    /// <param name="start">The first bytes of the file, or all of it.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="expected">What it should hold.</param>
    /// <exception cref="ModelFormatException">It does.</exception>
    public static void Require(ReadOnlySpan<byte> start, string file, string expected)
    {
        if (Describe(start) is string found)
        {
            throw new ModelFormatException(file, string.Empty, expected, found);
        }
    }

    // With a byte order mark, or Latin letters with a zero byte before or after each.
    private static bool IsUtf16(ReadOnlySpan<byte> start)
    {
        if (start is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            return true;
        }

        int units = Math.Min(start.Length / 2, 8);
        int little = 0;
        int big = 0;
        for (int i = 0; i < units; i++)
        {
            little += start[2 * i] != 0 && start[(2 * i) + 1] == 0 ? 1 : 0;
            big += start[2 * i] == 0 && start[(2 * i) + 1] != 0 ? 1 : 0;
        }

        return units >= 4 && (little == units || big == units);
    }
}
