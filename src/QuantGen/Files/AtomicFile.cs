namespace QuantGen.Files;

/// <summary>Writes files so that a reader sees the old one or the whole new one, never a part.</summary>
internal static class AtomicFile
{
    /// <summary>Writes to a temporary file beside the target, flushes it to the disk and renames it.</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">The file cannot be written; an earlier one is as it was.</exception>
    public static void Write(string path, Action<Stream> write) => WriteAll([(path, write)]);

    /// <summary>Writes files that belong together: all are on the disk under temporary names before the first is renamed.</summary>
    /// <param name="files">The files to create or replace, renamed in this order, and what writes their content.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void WriteAll(IReadOnlyList<(string Path, Action<Stream> Write)> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        string[] targets = [.. files.Select(file => Path.GetFullPath(file.Path))];
        string[] temporaries = Array.ConvertAll(targets, TemporaryFor);
        try
        {
            for (int i = 0; i < targets.Length; i++)
            {
                Guard(targets[i], temporaries[i], () => WriteNew(temporaries[i], files[i].Write));
            }

            for (int i = 0; i < targets.Length; i++)
            {
                Guard(targets[i], temporaries[i], () => File.Move(temporaries[i], targets[i], overwrite: true));
            }
        }
        finally
        {
            // What was renamed is no longer there.
            Array.ForEach(temporaries, DeleteIfThere);
        }
    }

    /// <summary>Finds out whether a file can be created or replaced, before the work that makes its content; the folders above it are made.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void RequireWritable(string path)
    {
        string target = Path.GetFullPath(path);
        string temporary = TemporaryFor(target);
        Guard(target, temporary, () =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target) ?? target);
            File.Create(temporary).Dispose();
            File.Delete(temporary);
            if (Directory.Exists(target))
            {
                throw new IOException("Is a directory");
            }
        });
    }

    private static string TemporaryFor(string target) => $"{target}.{Environment.ProcessId}.{Guid.NewGuid():N}.tmp";

    private static void WriteNew(string temporary, Action<Stream> write)
    {
        using var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1 << 16);
        write(stream);
        stream.Flush(flushToDisk: true);
    }

    // A file beyond what the system allows is an argument error to .NET, and the temporary name means nothing to anybody.
    private static void Guard(string target, string temporary, Action work)
    {
        try
        {
            work();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException { ParamName: "value" })
        {
            string reason = error is ArgumentOutOfRangeException
                ? "File too large"
                : error.Message.Replace($" : '{temporary}'", string.Empty, StringComparison.Ordinal).Replace(temporary, target, StringComparison.Ordinal);
            throw new IOException($"cannot write '{target}': {reason}", error);
        }
    }

    private static void DeleteIfThere(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Why the file could not be written says more than that a part of it stays.
        }
    }
}
