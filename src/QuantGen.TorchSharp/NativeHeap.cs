using System.Runtime.InteropServices;
using global::TorchSharp;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>
/// The heap that libtorch takes its tensors from. glibc keeps what was freed among blocks that are in use, which behind a layer is most of the heap, and
/// serves later layers from elsewhere.
/// </summary>
internal static class NativeHeap
{
    private const string CLibrary = "libc.so.6";
    private const string TrimFunction = "malloc_trim";

    private static readonly TrimHeap? s_trim = Find();

    private delegate int TrimHeap(nuint pad);

    /// <summary>Gets whether this system's heap can be asked.</summary>
    public static bool CanTrim => s_trim is not null;

    /// <summary>Gives freed memory back to the system, where tensors of a device come from this heap and the C library is glibc.</summary>
    /// <param name="device">The device.</param>
    public static void Trim(Device device)
    {
        if (device.type == DeviceType.CPU)
        {
            s_trim?.Invoke(0);
        }
    }

    // Other C libraries, as musl and those of other systems, have no such function, or no library of that name.
    private static TrimHeap? Find() =>
        OperatingSystem.IsLinux() && NativeLibrary.TryLoad(CLibrary, out nint library) && NativeLibrary.TryGetExport(library, TrimFunction, out nint function)
            ? Marshal.GetDelegateForFunctionPointer<TrimHeap>(function)
            : null;
}
