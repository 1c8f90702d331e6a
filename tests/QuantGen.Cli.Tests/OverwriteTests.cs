namespace QuantGen.Cli.Tests;

/// <summary>What users bring is never written over.</summary>
public sealed class OverwriteTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    [Theory]
    [InlineData("train --from CHECKPOINT --data DATA -o CHECKPOINT", "--output would overwrite CHECKPOINT, which --from reads")]
    [InlineData("train --from CHECKPOINT --data DATA -o CHECKPOINT/../tiny-bert/", "which --from reads")]
    [InlineData("quantize CHECKPOINT -o CHECKPOINT/model.safetensors --bits 8", "a file of the checkpoint in CHECKPOINT")]
    [InlineData("quantize CHECKPOINT -o CHECKPOINT/vocab.txt --bits 8", "a file of the checkpoint in CHECKPOINT")]
    [InlineData("distill --teacher CHECKPOINT --data DATA -o CHECKPOINT/model.safetensors --bits 2", "a file of the checkpoint in CHECKPOINT")]
    [InlineData("quantize CHECKPOINT -o DATA --bits 8 --calibration DATA", "--output would overwrite DATA, which --calibration reads")]
    [InlineData("quantize CHECKPOINT -o none --bits 8 --calibration DATA --report DATA", "--report would overwrite DATA, which --calibration reads")]
    [InlineData("train --from CHECKPOINT --data DATA -o none --log DATA", "--log would overwrite DATA, which --data reads")]
    [InlineData("distill --teacher CHECKPOINT --data DATA --bits 2 -o none --report DATA", "--report would overwrite DATA, which --data reads")]
    [InlineData("evaluate CHECKPOINT --data DATA --logits DATA", "--logits would overwrite DATA, which --data reads")]
    [InlineData("vocabulary --data DATA --size 50 -o DATA", "--output would overwrite DATA, which --data reads")]
    public void Output_that_is_an_input_is_refused(string command, string message)
    {
        byte[][] before = Contents();
        Tool.Run([.. command.Split(' ').Select(Resolve)]).AssertFails(2, Resolve(message));
        Assert.Equal(before, Contents());
    }

    [Fact]
    public void Packed_file_in_a_checkpoint_directory_may_be_made_again()
    {
        string output = Path.Combine(files.Checkpoint, "small.safetensors");
        Tool.Json("quantize", files.Checkpoint, "-o", output, "--bits", "8");
        Tool.Json("quantize", files.Checkpoint, "-o", output, "--bits", "4");
        Tool.Json("run", output, "--text", "fun");
    }

    private byte[][] Contents() =>
        [File.ReadAllBytes(files.Data), .. Directory.GetFiles(files.Checkpoint).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    private string Resolve(string text) => text.Replace("CHECKPOINT", files.Checkpoint).Replace("DATA", files.Data);
}
