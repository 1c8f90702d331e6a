using QuantGen.Tests;

namespace QuantGen.IntegrationTests.Paths;

/// <summary>A training step has the same bits on every instruction set.</summary>
public sealed class TrainingInstructionSetTests
{
    private static readonly Lazy<string> s_default = new(() => Probe(new Dictionary<string, string>()));

    public static TheoryData<string> Variables => [.. RuntimeSwitches.Variables];

    [Theory]
    [MemberData(nameof(Variables))]
    public void Outputs_and_gradients_are_the_same_bits(string without)
    {
        Assert.NotEmpty(s_default.Value);
        Assert.Equal(s_default.Value, Probe(new Dictionary<string, string> { [without] = "0" }));
    }

    private static string Probe(Dictionary<string, string> settings) => ProbeProcess.Run(settings, "training-bits");
}
