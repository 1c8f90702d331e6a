using QuantGen.Training.Batching;
using QuantGen.Training.Data;
using QuantGen.Training.Tests.Loop;

namespace QuantGen.Training.Tests.Batching;

public sealed class ExampleEncoderTests
{
    [Fact]
    public void Longer_sentence_of_a_pair_is_cut_first()
    {
        TsvDataset data = TsvDataset.Parse("sentence1\tsentence2\tlabel\nthe cat sat on the mat\tthe dog\t2\n"u8, "pairs.tsv");
        Example example = Assert.Single(ExampleEncoder.FromRows(data, "pairs.tsv", Vocabularies.Small, new BagModel().Spec, 8));
        Assert.Equal([2, 5, 6, 7, 3, 5, 13, 3], example.Ids);
        Assert.Equal([0, 0, 0, 0, 0, 1, 1, 1], example.Types);
        Assert.Equal(2, example.Label);
    }

    [Fact]
    public void Label_that_is_no_class_is_named_with_its_line()
    {
        TsvDataset data = TsvDataset.Parse("sentence\tlabel\nthe cat\t0\nthe dog\t3\n"u8, "rows.tsv");
        DataFormatException error = Assert.Throws<DataFormatException>(
            () => ExampleEncoder.FromRows(data, "rows.tsv", Vocabularies.Small, new BagModel().Spec, 8));
        Assert.Equal(3, error.Line);
        Assert.Equal("a label from 0 to 2, the classes of this model", error.Expected);
    }

    [Fact]
    public void Texts_without_a_word_are_left_out()
        => Assert.Equal(2, ExampleEncoder.FromTexts(["the cat", " ", "ran"], Vocabularies.Small, 8).Length);
}
