using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using QuantGen.Specs;
using QuantGen.TestModels;
using QuantGen.Tests;

namespace QuantGen.IntegrationTests.Paths;

/// <summary>Every instruction set gives the same bits, and the runtime's switches really select it.</summary>
public sealed class InstructionSetTests
{
    private static readonly Lazy<string[][]> s_default = new(() => Probe([]));

    /// <summary>Settings of the runtime, and what they leave of this machine: 512-bit vectors, AVX-VNNI, AVX2, 128-bit vectors.</summary>
    public static TheoryData<string, bool, bool, bool, bool> Settings => new()
    {
        { "", true, true, true, true },
        { "QUANTGEN_KERNELS=tables", true, true, true, true },
        { "QUANTGEN_KERNELS=products", true, true, true, true },
        { "QUANTGEN_KERNELS=tables DOTNET_EnableAVX512=0", false, true, true, true },
        { "QUANTGEN_KERNELS=tables DOTNET_EnableAVX512=0 DOTNET_EnableAVXVNNI=0", false, false, true, true },
        { "QUANTGEN_KERNELS=tables DOTNET_EnableAVX2=0", false, false, false, true },
        { "QUANTGEN_KERNELS=products DOTNET_EnableAVX512=0", false, true, true, true },
        { "DOTNET_EnableGFNI=0", true, true, true, true },
        { "DOTNET_EnableAVX512=0", false, true, true, true },
        { "DOTNET_EnableAVX512=0 DOTNET_EnableAVXVNNI=0", false, false, true, true },
        { "DOTNET_EnableAVXVNNI=0", true, false, true, true },
        { "DOTNET_EnableAVX2=0", false, false, false, true },
        { "DOTNET_EnableHWIntrinsic=0", false, false, false, false },
        { "DOTNET_PreferredVectorBitWidth=256", false, true, true, true },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public void Results_are_the_same_bits(string settings, bool allows512, bool allowsVnni, bool allowsAvx2, bool allows128)
    {
        string[][] models = Probe(settings.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        bool use512 = allows512 && Vector512.IsHardwareAccelerated && Avx512BW.IsSupported;
        bool useVnni = allowsVnni && AvxVnni.IsSupported;
        bool useAvx2 = allowsAvx2 && Avx2.IsSupported;
        bool use128 = allows128 && Vector128.IsHardwareAccelerated;
        string last = useAvx2 ? "AVX2" : use128 ? "128-bit" : "scalar";

        Assert.NotEmpty(models);
        foreach (string[] model in models)
        {
            // A model names the instruction set of its narrowest kernel. Seven bits prefer AVX-VNNI to wider vectors, and so do eight with a scale per group of
            // inputs; full precision, which codebooks are multiplied in, has no use for it.
            (int bits, bool isGrouped) = Narrowest(TestModel.Named(model[0]).Spec);
            string expected = bits switch
            {
                7 or 8 => useVnni ? "AVX-VNNI" : use512 ? "AVX-512BW" : last,
                32 => use512 ? "AVX-512" : last,
                _ => use512 ? "AVX-512BW" : useVnni ? "AVX-VNNI" : last,
            };

            // Where activations have one bit, too, no other kernel competes.
            if (TestModel.Named(model[0]).Spec.ActivationBits == 1)
            {
                string counted = use512 && Avx512Vbmi.IsSupported ? "AVX-512VBMI" : last;
                Assert.Equal($"{model[0]}: {counted}", $"{model[0]}: {model[1]}");
                continue;
            }

            // One and two bits may look sums up instead of multiplying; without a setting the faster one wins.
            bool hasTables = bits <= 2 && !isGrouped && (use512 || (bits == 1 && useAvx2));
            string tables = use512 ? "AVX-512BW tables" : "AVX2 tables";
            // With eight bits what is faster wins where there are both.
            string[] allowed = bits == 8 && !isGrouped && use512 && useVnni ? [expected, "AVX-512BW"]
                : !hasTables || settings.Contains("=products", StringComparison.Ordinal) ? [expected]
                : settings.Contains("=tables", StringComparison.Ordinal) ? [tables]
                : [expected, tables];
            Assert.Contains($"{model[0]}: {model[1]}", allowed.Select(title => $"{model[0]}: {title}"));
        }

        Assert.Equal(s_default.Value.Select(model => $"{model[0]} {model[2]}"), models.Select(model => $"{model[0]} {model[2]}"));
    }

    private static (int Bits, bool IsGrouped) Narrowest(ModelSpec spec)
    {
        var kernels = spec.Matrices.SelectMany(m => m.Segments().Select(s => (s.Bits, IsGrouped: m.GroupSize != 0, m.HasCodebook)));
        (int bits, bool isGrouped, bool hasCodebook) = kernels.OrderBy(k => k.Bits).ThenBy(k => k.IsGrouped).First();
        return (hasCodebook ? 32 : bits, isGrouped);
    }

    private static string[][] Probe(string[] settings) =>
    [
        .. ProbeProcess.Run(settings.ToDictionary(s => s.Split('=')[0], s => s.Split('=')[1]), "model-bits")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.TrimEnd('\r').Split('\t')),
    ];
}
