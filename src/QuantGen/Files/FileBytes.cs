using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace QuantGen.Files;

/// <summary>The bytes of one file: mapped from disk, read from it once, or already in memory.</summary>
/// <remarks>Spans handed out are valid until disposal; reading from several threads is safe.</remarks>
internal sealed unsafe class FileBytes : IDisposable
{
    private readonly ReadOnlyMemory<byte> _memory;
    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly SafeFileHandle? _source;
    private byte* _start;
    private void* _block;
    private bool _disposed;

    /// <summary>Takes bytes that are in memory.</summary>
    public FileBytes(ReadOnlyMemory<byte> memory)
    {
        _memory = memory;
        Length = memory.Length;
    }

    /// <summary>Maps a file read-only.</summary>
    public FileBytes(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        Length = stream.Length;
        if (Length == 0)
        {
            // An empty file cannot be mapped; as empty memory the reader reports it like any other defect.
            return;
        }

        _file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        byte* pointer = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        _start = pointer + _view.PointerOffset;
    }

    private FileBytes(SafeFileHandle source)
    {
        _source = source;
        Length = RandomAccess.GetLength(source);
    }

    /// <summary>Frees the memory of a file that nobody disposed of.</summary>
    ~FileBytes() => NativeMemory.Free(_block);

    /// <summary>Gets the length in bytes.</summary>
    public long Length { get; }

    /// <summary>Opens a file that is read once, into memory of its own: what was checked cannot be changed by others who write to the file.</summary>
    /// <remarks>
    /// Until <see cref="Reserve"/> there is only <see cref="CopyTo"/>; after it <see cref="Load"/> must have read what <see cref="Slice"/> returns.
    /// </remarks>
    public static FileBytes Copied(string path)
    {
        SafeFileHandle source = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            return new FileBytes(source);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Takes the memory of a file that is copied, once, when its header has told that it is worth it; the system gives it as it is filled.</summary>
    public void Reserve()
    {
        if (_source is not null && _block is null)
        {
            _block = NativeMemory.Alloc((nuint)Length);
            HugePages.Request(_block, (nuint)Length);
            _start = (byte*)_block;
        }
    }

    /// <summary>Reads a part of a file that is copied into its place; the bytes of other files are there. Each part is read once.</summary>
    /// <exception cref="IOException">The file cannot be read, or became shorter since it was opened.</exception>
    public void Load(long offset, int length)
    {
        if (_source is not null)
        {
            Check(offset, length);
            Read(_source, offset, new Span<byte>(_start + offset, length));
        }
    }

    /// <summary>Copies a part of the file to where the caller wants it.</summary>
    /// <exception cref="IOException">The file cannot be read, or became shorter since it was opened.</exception>
    public void CopyTo(long offset, Span<byte> target)
    {
        Check(offset, target.Length);
        if (_source is not null)
        {
            Read(_source, offset, target);
            return;
        }

        Slice(offset, target.Length).CopyTo(target);
    }

    /// <summary>Returns a part of the file.</summary>
    public ReadOnlySpan<byte> Slice(long offset, int length)
    {
        Check(offset, length);
        return _start is null ? _memory.Span.Slice((int)offset, length) : new ReadOnlySpan<byte>(_start + offset, length);
    }

    /// <summary>Unmaps or frees the file; spans handed out before must no longer be used.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        GC.SuppressFinalize(this);
        NativeMemory.Free(_block);
        _source?.Dispose();
        if (_view is not null)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file!.Dispose();
        }
    }

    private void Read(SafeFileHandle source, long offset, Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            int read = RandomAccess.Read(source, target, offset);
            if (read == 0)
            {
                throw new EndOfStreamException(
                    FormattableString.Invariant($"the file had {Length} bytes when it was opened, and ends before byte {offset} now"));
            }

            target = target[read..];
            offset += read;
        }
    }

    private void Check(long offset, int length)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
    }
}
