using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace QuantGen.Tests.Kernels;

/// <summary>Memory that ends at a page nobody may touch (where the system has mmap) and starts after a canary.</summary>
internal sealed unsafe class GuardedBuffer<T> : IDisposable
    where T : unmanaged
{
    private const int CanaryBytes = 256;
    private const byte Canary = 0xA5;
    private readonly byte* _block;
    private readonly nuint _length;
    private readonly byte* _start;

    public GuardedBuffer(ReadOnlySpan<T> content)
    {
        Count = content.Length;
        nuint page = (nuint)Environment.SystemPageSize;
        nuint used = (nuint)(Count * sizeof(T)) + CanaryBytes;
        _length = ((used + page - 1) / page * page) + page;
        if (OperatingSystem.IsLinux())
        {
            _block = (byte*)Pages.Map(null, _length, 3, 0x22, -1, 0);
            Assert.True(_block != (byte*)-1);
            Assert.Equal(0, Pages.Protect(_block + _length - page, page, 0));
        }
        else
        {
            _block = (byte*)NativeMemory.Alloc(_length);
        }

        _start = _block + _length - page - (Count * sizeof(T));
        new Span<byte>(_start - CanaryBytes, CanaryBytes).Fill(Canary);
        content.CopyTo(Span);
    }

    public GuardedBuffer(int count)
        : this(new T[count])
    {
    }

    public int Count { get; }

    public Span<T> Span => new(_start, Count);

    public ref T Start => ref Unsafe.AsRef<T>(_start);

    public void Dispose()
    {
        Assert.Equal(-1, new Span<byte>(_start - CanaryBytes, CanaryBytes).IndexOfAnyExcept(Canary));
        if (OperatingSystem.IsLinux())
        {
            _ = Pages.Unmap(_block, _length);
        }
        else
        {
            NativeMemory.Free(_block);
        }
    }
}
