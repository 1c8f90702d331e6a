namespace QuantGen.Cli.Tests;

/// <summary>Allocations are counted in the whole process, so nothing runs beside these tests.</summary>
[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    public void Calls_allocate_nothing(string threads)
    {
        // The runtime itself may allocate a few bytes now and then; a call that does shows in every try.
        double least = double.MaxValue;
        for (int attempt = 0; attempt < 5 && least > 0; attempt++)
        {
            least = Math.Min(
                least,
                Tool.Json("bench", files.Packed, "--sequence-length", "8", "--threads", threads, "--runs", "50").GetProperty("allocated_bytes_per_call")
                    .GetDouble());
        }

        Assert.Equal(0, least);
    }
}
