using QuantGen.Linear;

namespace QuantGen.Tests.Linear;

public sealed class KernelRaceTests
{
    [Theory]
    [InlineData("table")]
    [InlineData("TABLES")]
    [InlineData("avx512")]
    public void A_value_that_means_nothing_is_refused_when_a_model_is_loaded(string value) => Assert.Equal(
        $"InvalidOperationException: the environment variable QUANTGEN_KERNELS is '{value}', and it must be 'tables' or 'products', or not be set",
        Load(value));

    [Theory]
    [InlineData("tables")]
    [InlineData("products")]
    [InlineData("")]
    public void Legal_values_load(string value) => Assert.Equal("loaded", Load(value));

    private static string Load(string value) =>
        ProbeProcess.Run(new Dictionary<string, string> { [KernelRace.Variable] = value }, "kernel-variable").Trim();
}
