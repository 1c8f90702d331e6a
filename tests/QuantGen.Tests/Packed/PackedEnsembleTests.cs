using QuantGen.Packed;
using QuantGen.Specs;

namespace QuantGen.Tests.Packed;

public sealed class PackedEnsembleTests
{
    private const string Query = TinyModel.Query + ".bias";
    private const string Norm = "embeddings.LayerNorm.bias";

    [Fact]
    public void Members_have_all_of_their_own_but_what_is_before_the_first_layer()
    {
        using PackedModel model = Ensemble(1.5, 0.25).Build();
        Assert.Equal([1.5, 0.25], model.Votes);
        Assert.Equal(2, model.MemberCount);
        PackedModel second = model.Member(1);
        Assert.Equal(Values(8, 0), model.Floats(Query).ToArray());
        Assert.Equal(Values(8, 1), second.Floats(Query).ToArray());
        Assert.Equal(Values(8, 0), second.Floats(Norm).ToArray());
        Assert.Equal(Values(8, 1), model.Floats("ensemble.1." + Query).ToArray());
        Assert.False(model.Contains("ensemble.1." + Norm));
        Assert.True(second.IsPlacedByFirst(Norm));
        Assert.False(second.IsPlacedByFirst(Query));
        Assert.False(model.IsPlacedByFirst(Norm));
        second.Dispose();
        Assert.Equal(8, model.Floats(Query).Length);
        Assert.Equal(model.FileLength, model.Ledger.Total);
    }

    [Fact]
    public void Members_have_shared_layers_once()
    {
        using PackedModel model = Ensemble(1, [1.5, 0.25]).Build();
        Assert.Equal(1, model.SharedLayers);
        PackedModel second = model.Member(1);
        Assert.Equal(Values(8, 0), second.Floats(Query).ToArray());
        Assert.True(second.IsPlacedByFirst(Query));
        Assert.True(second.IsPlacedByFirst("encoder.layer.0.attention.self.query"));
        Assert.False(second.IsPlacedByFirst("encoder.layer.1.attention.self.query"));
        Assert.False(second.IsPlacedByFirst("classifier.bias"));
        Assert.DoesNotContain(model.Tensors, tensor => tensor.Name.StartsWith("ensemble.1.encoder.layer.0.", StringComparison.Ordinal));
        Assert.Contains(model.Tensors, tensor => tensor.Name.StartsWith("ensemble.1.encoder.layer.1.", StringComparison.Ordinal));
        Assert.Equal(model.FileLength, model.Ledger.Total);
        using PackedModel apart = Ensemble(0, [1.5, 0.25]).Build();
        Assert.True(model.FileLength < apart.FileLength);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-1)]
    public void Members_keep_a_layer_of_their_own(int sharedLayers) =>
        Assert.Contains("share 0 to 1 of them", Assert.Throws<ArgumentException>(() => Ensemble(sharedLayers, [1, 1])).Message, StringComparison.Ordinal);

    [Fact]
    public void Layers_that_share_their_weights_are_every_members_own()
    {
        PackedModelBuilder first = TinyModel.Builder(TinyModel.Spec(2, TinyModel.Everything, BertArchitecture.Albert));
        ArgumentException e = Assert.Throws<ArgumentException>(() => first.AddMembers(
            [TinyModel.Builder(TinyModel.Spec(2, TinyModel.Everything, BertArchitecture.Albert))], [1, 1], sharedLayers: 1));
        Assert.Contains("whose layers share their weights", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"votes\":[1,2],\"shared_layers\":0}")]
    [InlineData("{\"votes\":[1,2],\"shared_layers\":2}")]
    [InlineData("{\"votes\":[1,2],\"shared_layers\":-1}")]
    [InlineData("{\"votes\":[1,2],\"shared_layers\":1.5}")]
    [InlineData("{\"votes\":[1,2],\"shared_layers\":1e300}")]
    [InlineData("{\"votes\":[1,2],\"shared_layers\":\"1\"}")]
    [InlineData("{\"votes\":[1,2],\"shared_layers\":1,\"more\":1}")]
    [InlineData("{\"shared_layers\":1,\"votes\":[1,2]}")]
    [InlineData("{\"shared_layers\":1}")]
    [InlineData("{\"votes\":[1,2]}")]
    public void Damaged_shared_layers_are_refused(string json)
    {
        byte[] bytes = PackedDefects.WithMetadata(Ensemble(1, [1, 2]).ToBytes(), PackedMetadata.EnsembleKey, json);
        ModelFormatException e = Assert.Throws<ModelFormatException>(() => PackedModel.Read(bytes, "damaged"));
        Assert.Contains("damaged", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_alone_has_one_member_and_no_votes()
    {
        using PackedModel model = TinyModel.Builder(TinyModel.Classifier()).Build();
        Assert.Empty(model.Votes);
        Assert.Equal(1, model.MemberCount);
        Assert.Equal(0, model.SharedLayers);
    }

    [Fact]
    public void Members_of_an_ALBERT_share_its_projection()
    {
        ModelSpec spec = TinyModel.Spec(2, TinyModel.Everything, BertArchitecture.Albert);
        PackedModelBuilder first = TinyModel.Builder(spec);
        first.AddMembers([TinyModel.Builder(spec)], [1, 1]);
        using PackedModel model = first.Build();
        Assert.Contains(model.Tensors, tensor => tensor.Name.StartsWith("ensemble.1.encoder.layer.0", StringComparison.Ordinal));
        Assert.DoesNotContain(
            model.Tensors, tensor => tensor.Name.StartsWith("ensemble.1.emb", StringComparison.Ordinal) || tensor.Name.Contains("1.encoder.emb"));
    }

    [Theory]
    [InlineData("""{"votes":[1]}""")]
    [InlineData("""{"votes":[1,-1]}""")]
    [InlineData("""{"votes":[1,0]}""")]
    [InlineData("""{"votes":[1,1e999]}""")]
    [InlineData("""{"votes":[1,2,3]}""")]
    [InlineData("""{"votes":[1,2.0]}""")]
    [InlineData("""{"votes":[1,2],"more":1}""")]
    [InlineData("[1,2]")]
    public void What_is_no_ensemble_is_refused(string json)
    {
        byte[] bytes = PackedDefects.WithMetadata(Ensemble(1, 2).ToBytes(), PackedMetadata.EnsembleKey, json);
        ModelFormatException e = Assert.Throws<ModelFormatException>(() => PackedModel.Read(bytes, "damaged"));
        Assert.Contains("damaged", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_heads_have_no_members()
    {
        PackedModelBuilder first = TinyModel.Builder(TinyModel.Spec());
        first.AddMembers([TinyModel.Builder(TinyModel.Spec())], [1, 1]);
        ModelFormatException e = Assert.Throws<ModelFormatException>(() => first.Build());
        Assert.Contains("no ensemble beside the head encoder", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Members_have_one_description_and_a_vote_each()
    {
        PackedModelBuilder first = TinyModel.Builder(TinyModel.Classifier());
        Assert.Throws<ArgumentException>(() => first.AddMembers([TinyModel.Builder(TinyModel.Classifier(3))], [1, 1]));
        Assert.Throws<ArgumentException>(() => first.AddMembers([TinyModel.Builder(TinyModel.Classifier())], [1]));
    }

    [Fact]
    public void The_description_beside_the_file_names_the_votes()
    {
        var file = new SpecFile(TinyModel.Classifier(layers: 2), default, null) { Ensemble = new(new([1.5, 0.25]), SharedLayers: 0) };
        Assert.Contains("""  "ensemble": {"votes":[1.5,0.25]}""", file.Write(), StringComparison.Ordinal);
        Assert.Equal(file.Ensemble, SpecFile.Read(file.Write()).Ensemble);
        Assert.Throws<FormatException>(() => SpecFile.Read(file.Write().Replace("0.25", "0")));
        SpecFile shared = file with { Ensemble = file.Ensemble with { SharedLayers = 1 } };
        Assert.Contains("""  "ensemble": {"votes":[1.5,0.25],"shared_layers":1}""", shared.Write(), StringComparison.Ordinal);
        Assert.Equal(shared.Ensemble, SpecFile.Read(shared.Write()).Ensemble);
    }

    private static PackedModelBuilder Ensemble(params double[] votes) => Ensemble(0, votes);

    private static PackedModelBuilder Ensemble(int sharedLayers, double[] votes)
    {
        ModelSpec spec = TinyModel.Classifier(layers: 2);
        PackedModelBuilder[] members =
        [
            .. votes.Select((_, member) => TinyModel.Builder(
                spec, (tensor, values) => tensor.Name is Query or Norm ? Values((int)tensor.Count, member) : values)),
        ];
        members[0].AddMembers(members[1..], votes, sharedLayers);
        return members[0];
    }

    private static float[] Values(int count, int member) => [.. Enumerable.Range(0, count).Select(i => (float)(i + (10 * member)))];
}
