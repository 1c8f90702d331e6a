using System.Buffers.Binary;
using System.Text;
using QuantGen.Files;

namespace QuantGen.Checkpoints;

/// <summary>Finds the files in a zip archive that is mapped; they are read in place, so they must be stored without compression, as <c>torch.save</c>
/// stores them.</summary>
internal static class ZipDirectory
{
    private const int EndLength = 22;
    private const int EntryLength = 46;
    private const int LocalLength = 30;
    private const int LocatorLength = 20;
    private const int LargeEndLength = 56;
    private const int MaxDirectory = 64 << 20;

    /// <summary>Reads the directory.</summary>
    /// <param name="file">The file, for messages.</param>
    /// <param name="bytes">The archive.</param>
    /// <returns>Where the bytes of every file are, by its name.</returns>
    /// <exception cref="ModelFormatException">The archive is malformed, compressed or encrypted.</exception>
    public static Dictionary<string, (long Offset, long Length)> Read(string file, FileBytes bytes)
    {
        (long start, long length) = Locate(file, bytes);
        if (length > MaxDirectory || start < 0 || start > bytes.Length - length)
        {
            throw new ModelFormatException(file, "zip directory", $"at most {MaxDirectory} bytes inside the file", $"{length} bytes at {start}");
        }

        var entries = new Dictionary<string, (long, long)>(StringComparer.Ordinal);
        ReadOnlySpan<byte> rest = bytes.Slice(start, (int)length);
        while (rest.Length >= EntryLength && rest[..4].SequenceEqual("PK\u0001\u0002"u8))
        {
            (int name, int extra, int comment) = (Short(rest, 28), Short(rest, 30), Short(rest, 32));
            if (EntryLength + name + extra + comment > rest.Length)
            {
                break;
            }

            string text = Encoding.UTF8.GetString(rest.Slice(EntryLength, name));
            if (!entries.TryAdd(text, Entry(file, text, bytes, rest, rest.Slice(EntryLength + name, extra))))
            {
                throw new ModelFormatException(file, $"zip entry '{text}'", "one of that name", "two");
            }

            rest = rest[(EntryLength + name + extra + comment)..];
        }

        return rest.IsEmpty ? entries : throw new ModelFormatException(file, "zip directory", "entries up to its end", "something else");
    }

    // The record at the end says where the directory is; archives of more than 4 GB have a second one before it.
    private static (long Start, long Length) Locate(string file, FileBytes bytes)
    {
        int tail = (int)Math.Min(bytes.Length, EndLength + ushort.MaxValue);
        ReadOnlySpan<byte> end = bytes.Slice(bytes.Length - tail, tail);
        int at = end.LastIndexOf("PK\u0005\u0006"u8);
        if (at < 0 || at > tail - EndLength)
        {
            throw new ModelFormatException(file, string.Empty, "a zip archive with its directory at the end", "none");
        }

        (long start, long length) = (Int(end, at + 16), Int(end, at + 12));
        if (start != uint.MaxValue && length != uint.MaxValue)
        {
            return (start, length);
        }

        long large = at >= LocatorLength && end.Slice(at - LocatorLength, 4).SequenceEqual("PK\u0006\u0007"u8) ? Long(end, at - LocatorLength + 8) : -1;
        if (large < 0 || large > bytes.Length - LargeEndLength)
        {
            throw new ModelFormatException(file, "zip directory", "its place in a record of 64 bits", "none");
        }

        ReadOnlySpan<byte> record = bytes.Slice(large, LargeEndLength);
        return (Long(record, 48), Long(record, 40) is >= 0 and long found ? found : long.MaxValue);
    }

    private static (long Offset, long Length) Entry(string file, string name, FileBytes bytes, ReadOnlySpan<byte> entry, ReadOnlySpan<byte> extra)
    {
        string place = $"zip entry '{name}'";
        long stored = Int(entry, 20);
        long length = Int(entry, 24);
        long local = Int(entry, 42);
        Enlarge(extra, ref length, ref stored, ref local);
        if (Short(entry, 10) != 0 || stored != length || (Short(entry, 8) & 1) != 0)
        {
            throw new ModelFormatException(file, place, "a file stored as it is", "a compressed or encrypted one");
        }

        if (local < 0 || local > bytes.Length - LocalLength || !bytes.Slice(local, 4).SequenceEqual("PK\u0003\u0004"u8))
        {
            throw new ModelFormatException(file, place, "its header inside the archive", $"none at byte {local}");
        }

        ReadOnlySpan<byte> header = bytes.Slice(local, LocalLength);
        long offset = local + LocalLength + Short(header, 26) + Short(header, 28);
        return length >= 0 && offset <= bytes.Length && length <= bytes.Length - offset
            ? (offset, length)
            : throw new ModelFormatException(file, place, "its bytes inside the archive", $"{length} bytes at {offset}");
    }

    // Fields that are all ones stand in an extra field, in this order.
    private static void Enlarge(ReadOnlySpan<byte> extra, ref long length, ref long stored, ref long local)
    {
        while (extra.Length >= 4 && 4 + Short(extra, 2) <= extra.Length)
        {
            ReadOnlySpan<byte> values = extra.Slice(4, Short(extra, 2));
            if (Short(extra, 0) == 1)
            {
                Next(ref values, ref length);
                Next(ref values, ref stored);
                Next(ref values, ref local);
            }

            extra = extra[(4 + Short(extra, 2))..];
        }
    }

    private static void Next(ref ReadOnlySpan<byte> values, ref long field)
    {
        if (field == uint.MaxValue && values.Length >= 8)
        {
            field = Long(values, 0);
            values = values[8..];
        }
    }

    private static int Short(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static long Int(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long Long(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
}
