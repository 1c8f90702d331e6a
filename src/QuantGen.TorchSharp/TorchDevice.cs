using System.Globalization;
using global::TorchSharp;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>Finds a device by its name.</summary>
internal static class TorchDevice
{
    private const string Gpu = "cuda";

    /// <summary>Returns a device.</summary>
    /// <param name="name"><c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</param>
    /// <exception cref="ArgumentException">There is no such device.</exception>
    /// <exception cref="PlatformNotSupportedException">The system's C++ library is too old for libtorch.</exception>
    public static Device Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        SystemLibraries.Require();
        if (name == "cpu")
        {
            return CPU;
        }

        int index = 0;
        string[] parts = name.Split(':');
        if (parts[0] != Gpu || parts.Length > 2 || (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index)))
        {
            throw new ArgumentException($"'{name}' is no device: cpu, cuda, cuda:0, cuda:1 and so on are.", nameof(name));
        }

        int count = cuda.is_available() ? cuda.device_count() : 0;
        return index < count
            ? new Device(DeviceType.CUDA, index)
            : throw new ArgumentException(
                count == 0
                    ? $"The device '{name}' is not available: this build of libtorch finds no GPU."
                    : $"There is no device '{name}': this machine has {count} of that kind.",
                nameof(name));
    }
}
