using QuantGen.TestModels;
using QuantGen.Tests;

namespace QuantGen.IntegrationTests.Paths;

/// <summary>
/// The proof that models without floats have none: the machine code of everything that runs between token ids and integer outputs, followed call by call
/// from the method that runs a phase, holds no instruction that computes with floats or converts them.
/// </summary>
public sealed class NoFloatTests
{
    // What is called only when somebody watches, or at the first call of all; and what the runtime itself copies and clears memory with.
    private static readonly string[] s_allowed =
    [
        "QuantGen.Execution.OperatorProfile:", "QuantGen.Linear.ProductTrace:", "System.Action`", "CORINFO_HELP_", "System.Buffer:", "System.SpanHelpers:",
        "System.ThrowHelper:", "System.MemoryExtensions:", "System.Array:", "System.Math:Throw",
    ];

    /// <summary>Settings of the runtime.</summary>
    public static TheoryData<string> Settings => [.. RuntimeSwitches.Levels, "QUANTGEN_KERNELS=tables", "QUANTGEN_KERNELS=products"];

    [TheoryWhere(Machine.X64)]
    [MemberData(nameof(Settings))]
    public void No_instruction_of_floats_stands_between_ids_and_outputs(string settings)
    {
        JitCode code = Compile(settings);
        Assert.True(code.IsOptimized);
        foreach (TestModel model in TestModel.All.Where(model => model.Spec.IsInteger))
        {
            (IReadOnlySet<string> listed, IReadOnlySet<string> unlisted) = code.Reachable([Root(model.Name)], IsOutside);
            Assert.Empty(unlisted);
            Assert.Contains(listed, method => method.StartsWith("QuantGen.Kernels.FixedAttention:Run", StringComparison.Ordinal));
            Assert.Contains(listed, method => method.StartsWith("QuantGen.Generated.Kernels.W", StringComparison.Ordinal));
            Assert.Empty(code.Floats(listed));
        }

        // The same search finds what it looks for where it is.
        (IReadOnlySet<string> floats, _) = code.Reachable([Root("Bert8")], IsOutside);
        string[] found = [.. code.Floats(floats)];
        Assert.Contains(found, instruction => instruction.StartsWith("QuantGen.Kernels.", StringComparison.Ordinal));
        Assert.Contains(found, instruction => instruction.StartsWith("QuantGen.Generated.Kernels.W8+", StringComparison.Ordinal));
    }

    private static bool IsOutside(string method) => s_allowed.Any(start => method.StartsWith(start, StringComparison.Ordinal));

    private static string Root(string model) => $"QuantGen.TestModels.Models.QuantGenerated.{model}Program:RunItem";

    private static JitCode Compile(string settings)
    {
        string file = Path.GetTempFileName();
        try
        {
            var environment = new Dictionary<string, string>
            {
                ["DOTNET_TieredCompilation"] = "0",
                ["DOTNET_JitDisasm"] = "*",
                ["DOTNET_JitStdOutFile"] = file,

                // Threads that compile at once mix their listings.
                ["DOTNET_PROCESSOR_COUNT"] = "1",
            };
            foreach (string setting in settings.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                environment[setting.Split('=')[0]] = setting.Split('=')[1];
            }

            ProbeProcess.Run(environment, "integer-bits");
            return new JitCode(File.ReadAllText(file));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
