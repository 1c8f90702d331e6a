using QuantGen.Linear;
using QuantGen.Specs;
using QuantGen.TestModels;
using QuantGen.Tests;

namespace QuantGen.IntegrationTests.Paths;

/// <summary>Every instruction set gives the same bits, and the runtime's switches really select it.</summary>
public sealed class InstructionSetTests
{
    private const string Only256 = "DOTNET_PreferredVectorBitWidth=256";
    private static readonly Lazy<string[][]> s_default = new(() => Probe([]));

    /// <summary>Settings of the runtime: all levels of this machine, with either kind of kernels where two compete, and single switches.</summary>
    public static TheoryData<string> Settings =>
    [
        .. RuntimeSwitches.Levels,
        .. from kernels in new[] { "tables", "products" }
           from level in RuntimeSwitches.Levels.SkipLast(1)
           select $"{KernelRace.Variable}={kernels} {level}".TrimEnd(),
        .. RuntimeSwitches.Singly.Except(RuntimeSwitches.Levels),
        "DOTNET_EnableGFNI=0",
        Only256,
    ];

    [Theory]
    [MemberData(nameof(Settings))]
    public void Results_are_the_same_bits(string settings)
    {
        string[] each = settings.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[][] models = Probe(each);

        Assert.NotEmpty(models);
        foreach (string[] model in models)
        {
            Assert.Contains($"{model[0]}: {model[1]}", Allowed(TestModel.Named(model[0]).Spec, each).Select(title => $"{model[0]}: {title}"));
        }

        Assert.Equal(s_default.Value.Select(model => $"{model[0]} {model[2]}"), models.Select(model => $"{model[0]} {model[2]}"));
    }

    // A model names the instruction set of its narrowest kernel: the first in the registry that the settings leave, and those that are timed against it.
    private static IEnumerable<string> Allowed(ModelSpec spec, string[] settings)
    {
        string[] off = [.. settings.Where(setting => setting.EndsWith("=0", StringComparison.Ordinal)).Select(setting => setting[..^2])];
        bool Has(InstructionSet set) => set.IsSupported() && !set.IsOff(off) && !(settings.Contains(Only256) && set.Vector == "Vector512");

        (int bits, bool isGrouped, bool hasFloats) = Narrowest(spec);
        if (hasFloats)
        {
            return [KernelRegistry.Floats.First(row => Has(row.Set)).Set.Title];
        }

        KernelRow[] there = [.. (spec.ActivationBits == 1 ? KernelRegistry.ForBits : KernelRegistry.For(bits, isGrouped)).Where(row => Has(row.Set))];
        KernelRow[] timed = [.. there.TakeWhile(row => row.Rivals.Count > 0)];
        KernelRow[] tables = [.. timed.Where(row => row.Kind == ProductKind.Tables)];
        return (settings.Contains(KernelRace.Variable + "=tables") && tables.Length > 0 ? tables
            : settings.Contains(KernelRace.Variable + "=products") ? [.. timed.Except(tables), there[timed.Length]]
            : timed.Append(there[timed.Length])).Select(row => row.Title);
    }

    // Full precision, which codebooks are multiplied in, has kernels of its own.
    private static (int Bits, bool IsGrouped, bool HasFloats) Narrowest(ModelSpec spec)
    {
        var kernels = spec.Matrices.SelectMany(m => m.Segments().Select(s => (s.Bits, IsGrouped: m.GroupSize != 0, m.HasCodebook)));
        (int bits, bool isGrouped, bool hasCodebook) = kernels.OrderBy(k => k.Bits).ThenBy(k => k.IsGrouped).First();
        return (bits, isGrouped, hasCodebook || bits == 32);
    }

    private static string[][] Probe(string[] settings) =>
    [
        .. ProbeProcess.Run(settings.ToDictionary(s => s.Split('=')[0], s => s.Split('=')[1]), "model-bits")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.TrimEnd('\r').Split('\t')),
    ];
}
