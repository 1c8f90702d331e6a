using System.Text.Json;

namespace QuantGen.Cli.Tests;

/// <summary><c>--accumulate</c> has the bytes of one larger batch.</summary>
public sealed class AccumulationTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    [Theory]
    [InlineData("2", "--scheme", "lsq")]
    [InlineData("2", "--scheme", "ternary")]
    [InlineData("8", "--scheme", "q8bert")]
    [InlineData("32")]
    public void A_student_has_the_bytes_of_one_that_learnt_from_larger_batches(string bits, params string[] scheme)
    {
        string[] options = ["--bits", bits, "--epochs", "2", "--learning-rate", "1e-3", .. scheme];
        byte[] Train(string name, params string[] more)
        {
            string output = files.File($"{scheme.LastOrDefault()}-{name}.qg.safetensors");
            string log = files.File($"{scheme.LastOrDefault()}-{name}.log");
            Tool.Json([.. Distillation.Command(files, output), .. options, .. more, "--log", log]);
            Assert.Equal(Losses(files.File($"{scheme.LastOrDefault()}-whole.log")), Losses(log));
            return File.ReadAllBytes(output);
        }

        byte[] whole = Train("whole", "--batch", "8", "--threads", "1");
        Assert.Equal(whole, Train("fours", "--batch", "2", "--accumulate", "4", "--threads", "1"));
        Assert.Equal(whole, Train("ones", "--batch", "1", "--accumulate", "8", "--threads", "2"));
    }

    [Fact]
    public void An_interrupted_training_goes_on_with_batches_of_another_size()
    {
        string expected = files.File("whole.qg.safetensors");
        string actual = files.File("cut.qg.safetensors");
        string[] options = ["--scheme", "lsq", "--bits", "2", "--epochs", "3", "--learning-rate", "1e-3"];
        Tool.Json([.. Distillation.Command(files, expected), .. options, "--batch", "8"]);
        string[] cut = [.. Distillation.Command(files, actual), .. options, "--batch", "2", "--accumulate", "4"];
        Assert.Equal(130, ActingWriter.Interrupt("epoch 2, step 8", cut).Code);
        Tool.Json([.. Distillation.Command(files, actual), .. options, "--batch", "4", "--accumulate", "2", "--resume"]);
        Assert.Equal(File.ReadAllBytes(expected), File.ReadAllBytes(actual));
    }

    [Fact]
    public void A_loss_that_compares_texts_is_refused_and_the_others_are_named()
    {
        string folder = SentenceEncoderFolder.Write(files.File("encoder"));
        string[] command = ["distill", "--teacher", folder, "--data", files.Data, "--bits", "2", "-o", files.File("sentences.qg.safetensors")];
        string[] parts = [.. command, "--batch", "8", "--accumulate", "2", "--max-steps", "1"];
        ToolResult refused = Tool.Run(parts);
        Assert.Equal(2, refused.Code);
        Assert.Contains("--loss-parts hidden,attention,sentence", refused.Error, StringComparison.Ordinal);
        Tool.Json([.. parts, "--loss-parts", "hidden,attention,sentence"]);
    }

    private static string[] Losses(string log) => [.. File.ReadLines(log).Select(line => JsonDocument.Parse(line).RootElement)
        .Where(line => line.GetProperty("event").GetString() == "step").Select(line => line.GetProperty("loss").GetRawText())];
}
