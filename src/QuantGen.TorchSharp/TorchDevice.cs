using System.Globalization;
using System.Runtime.InteropServices;
using QuantGen.Trainable;
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

    /// <summary>Requires that a device multiplies some numbers.</summary>
    /// <param name="device">The device.</param>
    /// <param name="name">Its name.</param>
    /// <param name="precision">The numbers.</param>
    /// <exception cref="ArgumentException">It does not.</exception>
    public static void Require(Device device, string name, ProductPrecision precision)
    {
        if (precision == ProductPrecision.Bfloat16 && !HasBfloat16(device))
        {
            throw new ArgumentException(
                $"The device '{name}' has no products of bfloat16: processors have them with AVX-512 BF16 or AMX. Use float32.", nameof(precision));
        }
    }

    /// <summary>Says whether a device multiplies numbers of bfloat16.</summary>
    /// <param name="device">The device.</param>
    public static bool HasBfloat16(Device device)
    {
        if (device.type == DeviceType.CPU)
        {
            return ProcessorBfloat16.IsSupported;
        }

        // TorchSharp does not tell what a GPU can do.
        using DisposeScope scope = NewDisposeScope();
        try
        {
            Tensor one = ones(8, 8, ScalarType.BFloat16, device);
            return one.matmul(one).to(ScalarType.Float32).sum().item<float>() == 8f * 8f * 8f;
        }
        catch (ExternalException)
        {
            return false;
        }
    }
}
