using System.Runtime.InteropServices;

namespace QuantGen.Tests.Kernels;

/// <summary>The system calls behind <see cref="GuardedBuffer{T}"/>.</summary>
internal static unsafe class Pages
{
    [DllImport("libc", EntryPoint = "mmap")]
    public static extern void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [DllImport("libc", EntryPoint = "mprotect")]
    public static extern int Protect(void* address, nuint length, int protection);

    [DllImport("libc", EntryPoint = "munmap")]
    public static extern int Unmap(void* address, nuint length);
}
