using System.Runtime.Intrinsics.X86;
using QuantGen.Tests;

namespace QuantGen.IntegrationTests.Paths;

/// <summary>
/// Tiles fit the registers. The runtime aligns no stack to vectors: a sum that lives there straddles cache lines by chance of the callers' frames, and a
/// pass then takes up to 40% longer.
/// </summary>
public sealed class RegisterTests
{
    // Kernels with a scale per group of inputs keep floats beside sums, and sixteen registers do not hold what AVX2 needs without AVX-VNNI.
    private static readonly string[] s_checked =
    [
        "+Tables512:", "+Avx512:", "+Avx512ByPanel:", "+Quads512:", "+Quads256:", "+Pairs512:", "+Pairs256:", "+Avx256ByPanel:", "+Vnni256:",
        "+Vnni256ByPanel:", "+Vnni256Whole:", "+Differences512:",
    ];

    // Sixteen registers do not hold three parts of codes beside sums either. The codes go to the stack and the sums stay: tiles of three tokens, which need no
    // stack, take 1.4 times as long for a token, and a tile that takes one vector of a panel after the other 1.5 times.
    private const string Excepted = "W3+Vnni256:";

    [Theory]
    [InlineData("tables", "1")]
    [InlineData("products", "1")]
    [InlineData("products", "0")]
    public void No_sum_of_an_inner_loop_lives_on_the_stack(string kernels, string allows512)
    {
        string file = Path.GetTempFileName();
        try
        {
            ProbeProcess.Run(
                new Dictionary<string, string>
                {
                    ["QUANTGEN_KERNELS"] = kernels,
                    ["DOTNET_EnableAVX512"] = allows512,
                    ["DOTNET_JitDisasm"] = "*:Tall *:Tile",
                    ["DOTNET_JitStdOutFile"] = file,

                    // Threads that compile at once mix their listings.
                    ["DOTNET_PROCESSOR_COUNT"] = "1",
                },
                "model-bits");
            IReadOnlyDictionary<string, IReadOnlyList<string>> stores = JitListing.StackStores(File.ReadAllText(file));
            string[] tiles = [.. stores.Keys.Where(name => Array.Exists(s_checked, name.Contains)
                && !name.Contains("Grouped+", StringComparison.Ordinal) && !name.Contains(Excepted, StringComparison.Ordinal))];

            Assert.NotEmpty(stores);
            Assert.Equal(Avx2.IsSupported, tiles.Length > 0);
            Assert.All(tiles, tile => Assert.True(stores[tile].Count == 0, $"{tile} keeps on the stack:\n{string.Join('\n', stores[tile])}"));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
