using System.Globalization;
using System.Text.Unicode;
using QuantGen.Files;

namespace QuantGen.Tokenization;

/// <summary>Reads and checks the bytes of a <c>vocab.txt</c>.</summary>
internal static class VocabularyReader
{
    /// <summary>The longest piece accepted, in UTF-8 bytes.</summary>
    public const int MaxPieceBytes = 1024;

    /// <summary>The largest count of pieces accepted: 256 times what any published BERT has.</summary>
    public const int MaxPieces = 1 << 24;

    /// <summary>Reads a vocabulary.</summary>
    /// <param name="source">The bytes of the file.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="allowsGaps">Whether empty lines are ids without a piece.</param>
    public static Vocabulary Read(ReadOnlySpan<byte> source, string file, bool allowsGaps = false)
    {
        if (source.IsEmpty)
        {
            throw new ModelFormatException(file, string.Empty, "one piece per line", "an empty file");
        }

        FoundBytes.Require(source, file, "one piece per line in UTF-8");
        if (source.StartsWith("\uFEFF"u8))
        {
            throw new ModelFormatException(file, Line(0), "UTF-8 without a byte order mark", "a byte order mark");
        }

        int count = CheckLines(source, file, allowsGaps, out int canonicalLength);
        byte[] bytes = new byte[canonicalLength];
        int[] starts = new int[count + 1];
        CopyLines(source, bytes, starts);

        // A load of 4 in 7: long probe sequences stay rare and the table stays within its share of the memory bound.
        uint[] slots = new uint[Math.Max(8, count + (count / 2) + (count / 4))];
        var vocabulary = new Vocabulary(bytes, starts, slots, out int duplicate);
        if (duplicate >= 0)
        {
            ReadOnlySpan<byte> piece = vocabulary.GetPieceUtf8(duplicate);
            int first = vocabulary.Find(piece, PieceHash.Compute(piece));
            throw Duplicate(piece, duplicate, Line(first), file);
        }

        return vocabulary;
    }

    private static int CheckLines(ReadOnlySpan<byte> source, string file, bool allowsGaps, out int canonicalLength)
    {
        int count = 0;
        canonicalLength = 0;

        // Repeated short lines are found here, before anything is allocated per line: distinct pieces of three bytes and more
        // are what keeps the tables within a small multiple of the file.
        Span<bool> seen = new bool[1 << 16];
        ReadOnlySpan<byte> rest = source;
        while (!rest.IsEmpty)
        {
            ReadOnlySpan<byte> piece = NextLine(ref rest);
            bool isGap = allowsGaps && piece.IsEmpty;
            if (!isGap)
            {
                CheckPiece(piece, count, file);
            }

            if (!isGap && piece.Length <= 2)
            {
                ref bool known = ref seen[piece.Length == 1 ? piece[0] : (piece[0] << 8) | piece[1]];
                if (known)
                {
                    throw Duplicate(piece, count, "an earlier line", file);
                }

                known = true;
            }

            count++;
            canonicalLength += piece.Length + 1;
            if (count > MaxPieces)
            {
                throw new ModelFormatException(file, Line(count), $"at most {MaxPieces} pieces", "more");
            }
        }

        return count;
    }

    private static void CheckPiece(ReadOnlySpan<byte> piece, int line, string file)
    {
        if (piece.IsEmpty)
        {
            throw new ModelFormatException(file, Line(line), "a piece", "an empty line");
        }

        if (piece.Length > MaxPieceBytes)
        {
            throw new ModelFormatException(file, Line(line), $"at most {MaxPieceBytes} bytes", $"{piece.Length} bytes");
        }

        if (!Utf8.IsValid(piece))
        {
            throw new ModelFormatException(file, Line(line), "UTF-8", "bytes that are not UTF-8");
        }

        int control = piece.IndexOfAny((byte)'\r', (byte)0);
        if (control >= 0)
        {
            string found = piece[control] == 0 ? "a zero byte" : "a carriage return";
            throw new ModelFormatException(file, Line(line), "a piece of printable text", $"{found} inside it");
        }
    }

    private static void CopyLines(ReadOnlySpan<byte> source, byte[] bytes, int[] starts)
    {
        int at = 0;
        ReadOnlySpan<byte> rest = source;
        for (int line = 0; !rest.IsEmpty; line++)
        {
            ReadOnlySpan<byte> piece = NextLine(ref rest);
            piece.CopyTo(bytes.AsSpan(at));
            at += piece.Length;
            bytes[at++] = (byte)'\n';
            starts[line + 1] = at;
        }
    }

    private static ReadOnlySpan<byte> NextLine(ref ReadOnlySpan<byte> rest)
    {
        int end = rest.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return line.EndsWith("\r"u8) ? line[..^1] : line;
    }

    private static ModelFormatException Duplicate(ReadOnlySpan<byte> piece, int line, string first, string file) =>
        new(file, Line(line), "every piece once", $"'{Shown(piece)}', which is on {first} already");

    private static string Line(int index) => string.Create(CultureInfo.InvariantCulture, $"line {index + 1}");

    private static string Shown(ReadOnlySpan<byte> piece) =>
        piece.Length <= 40 ? System.Text.Encoding.UTF8.GetString(piece) : $"{System.Text.Encoding.UTF8.GetString(piece[..40])}...";
}
