using QuantGen.Checkpoints;

namespace QuantGen.Cli.Tests;

/// <summary>Parts of a model that training leaves as they are.</summary>
public sealed class FreezeTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    private static readonly string[] s_short = ["--epochs", "3", "--batch", "8", "--learning-rate", "3e-3", "--weight-decay", "0.1"];

    [Theory]
    [InlineData("embeddings,0", "embeddings.", "encoder.layer.0.")]
    [InlineData("1,pooler", "encoder.layer.1.", "pooler.")]
    [InlineData("head", "classifier.", "classifier.")]
    public void Train_leaves_frozen_tensors_as_they_are_to_the_bit(string parts, string first, string second)
    {
        string output = files.File("frozen-" + parts.Length);
        Tool.Json(["train", "--from", files.Checkpoint, "--data", files.Data, "--eval-data", files.Data, "-o", output, "--freeze", parts, .. s_short]);
        using Checkpoint before = Checkpoint.Open(files.Checkpoint);
        using Checkpoint after = Checkpoint.Open(output);
        foreach (string name in before.Tensors.Keys)
        {
            bool isFrozen = name.Contains(first, StringComparison.Ordinal) || name.Contains(second, StringComparison.Ordinal);
            Assert.True(isFrozen == Read(before, name).AsSpan().SequenceEqual(Read(after, name)), name);
        }
    }

    [Theory]
    [InlineData("linear", "--bits", "4", "--embedding-bits", "4")]
    [InlineData("ternary", "--bits", "2")]
    [InlineData("binarybert", "--bits", "1", "--embedding-bits", "2")]
    public void A_student_with_frozen_parts_goes_on_to_the_same_bytes(string scheme, params string[] options)
    {
        string[] all = ["--scheme", scheme, "--freeze", "embeddings,0", .. options, .. s_short];
        Distillation.AssertResumesToWhatWasMeasured(files, "frozen-" + scheme, all, ["--threads", "1"], ["--threads", "2"]);
    }

    [Fact]
    public void What_is_frozen_is_part_of_a_kept_state()
    {
        string output = files.File("kept.qg.safetensors");
        string[] command = [.. Distillation.Command(files, output), "--scheme", "ternary", "--bits", "2", .. s_short];
        Assert.Equal(130, ActingWriter.Interrupt("epoch 1, step 3", [.. command, "--freeze", "0,embeddings"]).Code);
        Tool.Run([.. command, "--resume", "--freeze", "1"]).AssertFails(1, "'freeze' of an interrupted training: expected 1, found embeddings,0");
        Tool.Run([.. command, "--resume"]).AssertFails(1, "'freeze' of an interrupted training");
        Tool.Json([.. command, "--resume", "--freeze", "embeddings , 0"]);
    }

    [Theory]
    [InlineData("--freeze 2: there is no layer 2: this model has 0-1", "2")]
    [InlineData("--freeze embedding: 'embedding' is no part; embeddings, layers such as 2 or 0-3, pooler and head are, joined by commas", "embedding")]
    [InlineData("--freeze embeddings,0-1,pooler,head: nothing would be left to learn", "embeddings,0-1,pooler,head")]
    public void Misuse_is_explained(string message, string parts)
    {
        Tool.Run(["train", "--from", files.Checkpoint, "--data", files.Data, "-o", files.File("x"), "--freeze", parts]).AssertFails(2, message);
        Tool.Run([.. Distillation.Command(files, files.File("x.qg.safetensors")), "--bits", "2", "--freeze", parts]).AssertFails(2, message);
    }

    [Fact]
    public void What_starts_at_random_is_not_frozen() => Tool.Run(
        ["train", "--from", files.Checkpoint, "--data", files.Data, "--labels", "negative,positive,other", "-o", files.File("x"), "--freeze", "0,head"])
        .AssertFails(2, "--freeze 0,head: 'classifier.weight' starts at random, and would stay so");

    [Theory]
    [InlineData("lsq", "--freeze 0 and --scheme lsq exclude each other: 'encoder.layer.0.attention.self.alpha' would stay as it begins, and is to be learnt")]
    [InlineData("k-means", "--freeze 0 and --scheme k-means exclude each other: 'encoder.layer.0.attention.self.query.weight_centroids' would stay")]
    public void Thresholds_that_are_learnt_are_not_frozen(string scheme, string message) => Tool.Run(
        [.. Distillation.Command(files, files.File("x.qg.safetensors")), "--scheme", scheme, "--bits", "2", "--freeze", "0"]).AssertFails(2, message);

    private static float[] Read(Checkpoint checkpoint, string name)
    {
        float[] values = new float[checkpoint.Tensors[name].Shape.Aggregate(1L, (product, dimension) => product * dimension)];
        checkpoint.Read(name, values);
        return values;
    }
}
