using QuantGen.Architectures;
using QuantGen.Checkpoints;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Tests.Checkpoints;

[Trait("Category", "Shared")]
public class SharedCheckpointTests
{
    [Theory]
    [InlineData("sst2", 73, 11371, 256, 1024)]
    [InlineData("trec", 57, 4363, 192, 768)]
    [InlineData("stsb", 41, 8043, 128, 512)]
    [InlineData("sotu-mlm", 74, 6000, 256, 1024)]
    public void Bert_checkpoints_have_canonical_names_and_shapes(string model, int tensors, long vocabulary, long hidden, long intermediate)
    {
        using Checkpoint checkpoint = Checkpoint.Open(SharedFiles.Path($"models/{model}"));

        Assert.Equal(tensors, checkpoint.Tensors.Count);
        Assert.Equal([vocabulary, hidden], checkpoint.Tensors["embeddings.word_embeddings.weight"].Shape);
        Assert.Equal([intermediate, hidden], checkpoint.Tensors["encoder.layer.1.intermediate.dense.weight"].Shape);
        Assert.All(checkpoint.Tensors.Keys, name => Assert.NotEmpty(checkpoint.Read(name)));
    }

    [Fact]
    public void The_albert_checkpoint_has_the_names_of_one_bert_layer()
    {
        using Checkpoint albert = Checkpoint.Open(SharedFiles.Path("models/sst2-albert"));
        using Checkpoint bert = Checkpoint.Open(SharedFiles.Path("models/sst2"));
        string[] shared = [.. bert.Tensors.Keys.Where(name => !name.StartsWith("encoder.layer.") || name.StartsWith("encoder.layer.0."))];

        Assert.Equal(
            shared.Append("encoder.embedding_hidden_mapping_in.weight").Append("encoder.embedding_hidden_mapping_in.bias").Order(),
            albert.Tensors.Keys.Order());
        Assert.Equal([256L, 96L], albert.Tensors["encoder.embedding_hidden_mapping_in.weight"].Shape);
    }

    [Theory]
    [InlineData("sst2", BertHead.SequenceClassification)]
    [InlineData("trec", BertHead.SequenceClassification)]
    [InlineData("stsb", BertHead.Regression)]
    [InlineData("sst2-albert", BertHead.SequenceClassification)]
    [InlineData("sotu-mlm", BertHead.Encoder)]
    public void Checkpoints_have_exactly_the_tensors_of_the_model_in_their_config(string model, BertHead head)
    {
        using Checkpoint checkpoint = Checkpoint.Open(SharedFiles.Path($"models/{model}"));
        var issues = new List<SpecIssue>();
        ModelConfig? config = ModelConfigReader.Read(checkpoint.ConfigJson, "config.json", issues);
        Assert.NotNull(config);
        ModelSpec? spec = SpecBuilder.Build(config, new SpecOptions { Head = head, LabelCount = config.Labels.Count }, issues);
        Assert.NotNull(spec);

        checkpoint.RequireExactly(PackedLayout.Checkpoint(spec).Select(tensor => (tensor.Name, tensor.Shape.ToArray())));

        ModelSpec other = spec with { Head = BertHead.QuestionAnswering, OutputCount = 2 };
        string message = Assert.Throws<ModelFormatException>(
            () => checkpoint.RequireExactly(PackedLayout.Checkpoint(other).Select(tensor => (tensor.Name, tensor.Shape.ToArray())))).Message;
        Assert.Contains("2 missing: qa_outputs.weight, qa_outputs.bias", message);
    }

    [Fact]
    public void Pre_training_heads_may_stay_unused()
    {
        using Checkpoint checkpoint = Checkpoint.Open(SharedFiles.Path("models/sotu-mlm"));
        var used = checkpoint.Tensors.Values.Where(tensor => !tensor.Name.StartsWith("cls."))
            .Select(tensor => (tensor.Name, tensor.Shape.Select(d => (int)d).ToArray()));

        checkpoint.RequireExactly(used);
    }
}
