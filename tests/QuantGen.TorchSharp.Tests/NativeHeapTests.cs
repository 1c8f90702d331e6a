using System.Diagnostics;
using System.Runtime.InteropServices;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp.Tests;

/// <summary>Memory that layers leave in the C library's heap goes back to the system.</summary>
public sealed class NativeHeapTests
{
    private const long MegaByte = 1 << 20;

    [Fact]
    public void The_heap_of_glibc_can_be_trimmed_and_others_are_left_alone()
    {
        bool isGlibc = OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out nint library)
            && NativeLibrary.TryGetExport(library, "gnu_get_libc_version", out _);
        Assert.Equal(isGlibc, NativeHeap.CanTrim);
        NativeHeap.Trim(CPU);
    }

    [Fact]
    public void What_was_freed_among_blocks_in_use_goes_back()
    {
        const int Blocks = 2048;
        const int Elements = 16384;
        Tensor[] blocks = [.. Enumerable.Range(0, Blocks).Select(_ => ones(Elements))];
        for (int i = 0; i < Blocks; i++)
        {
            if (i % 8 != 0)
            {
                blocks[i].Dispose();
            }
        }

        long before = Resident();
        NativeHeap.Trim(CPU);
        long after = Resident();
        Assert.All(Enumerable.Range(0, Blocks / 8), i => Assert.Equal(1f, blocks[8 * i][Elements - 1].item<float>()));
        Array.ForEach(blocks, block => block.Dispose());

        // Seven eighths of 128 MB, less what other tests take meanwhile.
        Assert.True(!NativeHeap.CanTrim || before - after > 64 * MegaByte, $"{(before - after) / MegaByte} MB went back");
    }

    private static long Resident()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
