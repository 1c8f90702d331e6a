using System.Runtime.Intrinsics.X86;
using QuantGen.Linear;
using QuantGen.Tests;

namespace QuantGen.IntegrationTests.Paths;

/// <summary>
/// Tiles fit the registers. The runtime aligns no stack to vectors: a sum that lives there straddles cache lines by chance of the callers' frames, and a
/// pass then takes up to 40% longer.
/// </summary>
public sealed class RegisterTests
{
    // Sixteen registers do not hold three parts of codes beside sums. The codes go to the stack and the sums stay: tiles of three tokens, which need no stack,
    // take 1.4 times as long for a token, and a tile that takes one vector of a panel after the other 1.5 times. Nor do they hold halves of looked-up sums
    // beside the rounds before, or two packs of bytes beside eight sums, where AVX-VNNI is missing.
    private static readonly string[] s_excepted = ["W3+Vnni256:", "W3+Avx256:", "+Tables256:", "+Quads256:"];

    private static readonly string[] s_checked =
        [.. KernelRegistry.All.Where(row => row.Set.Vector.Length > 0).SelectMany(row => row.Structs()).Select(row => $"+{row.Name}:").Distinct()];

    /// <summary>Gets all levels of this machine that have vectors, with either kind of kernels where two compete.</summary>
    public static TheoryData<string> Settings =>
    [
        .. from kernels in new[] { "tables", "products" }
           from level in RuntimeSwitches.Levels.SkipLast(1)
           select $"{KernelRace.Variable}={kernels} {level}".TrimEnd(),
    ];

    [Theory]
    [MemberData(nameof(Settings))]
    public void No_sum_of_an_inner_loop_lives_on_the_stack(string settings)
    {
        string file = Path.GetTempFileName();
        try
        {
            ProbeProcess.Run(
                new Dictionary<string, string>(settings.Split(' ').Select(each => each.Split('=')).Select(each => KeyValuePair.Create(each[0], each[1])))
                {
                    ["DOTNET_JitDisasm"] = "*:Tall *:Tile",
                    ["DOTNET_JitStdOutFile"] = file,

                    // Threads that compile at once mix their listings.
                    ["DOTNET_PROCESSOR_COUNT"] = "1",
                },
                "model-bits");
            IReadOnlyDictionary<string, IReadOnlyList<string>> stores = JitListing.StackStores(File.ReadAllText(file));

            // Kernels with a scale per group of inputs keep floats beside sums.
            string[] tiles = [.. stores.Keys.Where(name => Array.Exists(s_checked, name.Contains)
                && !name.Contains("Grouped+", StringComparison.Ordinal) && !Array.Exists(s_excepted, name.Contains))];

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
