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
    public void A_model_alone_has_one_member_and_no_votes()
    {
        using PackedModel model = TinyModel.Builder(TinyModel.Classifier()).Build();
        Assert.Empty(model.Votes);
        Assert.Equal(1, model.MemberCount);
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
        var file = new SpecFile(TinyModel.Classifier(), default, null) { Votes = new([1.5, 0.25]) };
        Assert.Contains("""  "ensemble": {"votes":[1.5,0.25]}""", file.Write(), StringComparison.Ordinal);
        Assert.Equal(file.Votes, SpecFile.Read(file.Write()).Votes);
        Assert.Throws<FormatException>(() => SpecFile.Read(file.Write().Replace("0.25", "0")));
    }

    private static PackedModelBuilder Ensemble(params double[] votes)
    {
        ModelSpec spec = TinyModel.Classifier();
        PackedModelBuilder[] members =
        [
            .. votes.Select((_, member) => TinyModel.Builder(
                spec, (tensor, values) => tensor.Name is Query or Norm ? Values((int)tensor.Count, member) : values)),
        ];
        members[0].AddMembers(members[1..], votes);
        return members[0];
    }

    private static float[] Values(int count, int member) => [.. Enumerable.Range(0, count).Select(i => (float)(i + (10 * member)))];
}
