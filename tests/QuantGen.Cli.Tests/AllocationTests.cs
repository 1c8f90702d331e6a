namespace QuantGen.Cli.Tests;

/// <summary>Allocations are counted in the whole process, so nothing runs beside these tests.</summary>
[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    public void Calls_allocate_nothing(string threads) => Assert.Equal(0, LeastAllocated(files.Packed, "--threads", threads, "--runs", "50"));

    [Theory]
    [InlineData("integer")]
    [InlineData("quantized")]
    public void Calls_of_a_model_without_a_checkpoint_allocate_nothing(string numerics) => Assert.Equal(
        0, LeastAllocated("--config", Path.Combine(files.Checkpoint, "config.json"), "--bits", "8", "--numerics", numerics, "--runs", "2"));

    // The runtime itself may allocate a few bytes now and then; a call that does shows in every try.
    private static double LeastAllocated(params string[] model)
    {
        double least = double.MaxValue;
        for (int attempt = 0; attempt < 5 && least > 0; attempt++)
        {
            least = Math.Min(least, Tool.Json(["bench", .. model, "--sequence-length", "8"]).GetProperty("allocated_bytes_per_call").GetDouble());
        }

        return least;
    }
}
