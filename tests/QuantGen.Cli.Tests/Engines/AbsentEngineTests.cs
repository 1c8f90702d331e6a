namespace QuantGen.Cli.Tests.Engines;

/// <summary>What builds without the TorchSharp engine say; they are all but those that were asked for it.</summary>
public sealed class AbsentEngineTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    private const string Message = "this build has no torch engine; build the tool with -p:QuantGenTorchSharp=true, which takes libtorch";

    [Theory]
    [InlineData("train", "--data", "DATA", "--from", "CHECKPOINT", "--engine", "torch")]
    [InlineData("train", "--data", "DATA", "--from", "CHECKPOINT", "--engine", "torch", "--device", "cuda:0")]
    [InlineData("train", "--data", "DATA", "--from", "CHECKPOINT", "--engine", "torch", "--precision", "bfloat16")]
    [InlineData("pretrain", "--text", "DATA", "--from", "CHECKPOINT", "--engine", "torch")]
    [InlineData("distill", "--data", "DATA", "--teacher", "CHECKPOINT", "--bits", "8", "--engine", "torch")]
    [InlineData("distill", "--data", "DATA", "--teacher", "CHECKPOINT", "--bits", "8", "--teacher-engine", "torch")]
    public void Engine_that_is_not_in_the_build_is_one_line_that_says_how_to_get_it(params string[] command)
    {
        string output = files.File("never");
        Tool.Run([.. command.Select(word => word.Replace("DATA", files.Data).Replace("CHECKPOINT", files.Checkpoint)), "-o", output]).AssertFails(2, Message);
        Assert.False(Path.Exists(output));
    }

    [Theory]
    [InlineData("train")]
    [InlineData("pretrain")]
    [InlineData("distill")]
    public void Help_says_which_engines_the_build_has(string command) =>
        Assert.Matches(@"--engine [\s\S]*This build has\s+generated\.", Tool.Text(command, "--help"));
}
