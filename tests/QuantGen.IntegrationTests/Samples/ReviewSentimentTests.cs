using QuantGen.Packed;
using QuantGen.Samples.Sentiment;
using QuantGen.Tasks;
using QuantGen.Tests;

namespace QuantGen.IntegrationTests.Samples;

/// <summary>The sample's model does what the sample claims.</summary>
public sealed class ReviewSentimentTests
{
    // The teacher has 82.00% on these rows; the packed model may lose one and a half points.
    private const double LeastAccuracy = 0.805;

    [Theory]
    [InlineData("a gorgeous , witty film", "POSITIVE")]
    [InlineData("a dull , lifeless mess", "NEGATIVE")]
    public void Sentences_get_their_label(string sentence, string label)
    {
        using ReviewSentiment model = ReviewSentiment.Load(Embedded());
        Prediction prediction = model.Classify(sentence);

        Assert.Equal(label, prediction.Label);
        Assert.InRange(prediction.Probability, 0.8f, 1f);
    }

    [Fact]
    public void Many_sentences_get_the_predictions_of_each()
    {
        using ReviewSentiment model = ReviewSentiment.Load(Embedded());
        TextInput[] texts =
            [.. Enumerable.Range(0,
            300).Select(i => new TextInput(string.Join(' ', Enumerable.Repeat(i % 2 == 0 ? "a gorgeous film" : "a dull mess", 1 + (i % 20)))))];
        IReadOnlyList<Prediction> predictions = model.Classify(texts);

        Assert.Equal(["NEGATIVE", "POSITIVE"], model.Labels);
        Assert.Equal(texts.Length, predictions.Count);
        Assert.All(texts.Zip(predictions).Take(41), pair => Assert.Equal(model.Classify(pair.First.Text).Logits, pair.Second.Logits));
        Assert.Equal(predictions[0].Label, predictions[0].Top(1)[0].Label);
        Assert.Equal(1, predictions[0].Top(2).Sum(label => label.Probability), 1e-6);
        Assert.ThrowsAny<OperationCanceledException>(() => model.Classify(texts, cancellation: new CancellationToken(canceled: true)));
    }

    [Fact]
    public void The_packed_model_is_an_eleventh_of_its_checkpoint()
    {
        using PackedModel packed = PackedModel.Read(Embedded(), "sentiment");

        Assert.Equal(ReviewSentiment.Spec, packed.Spec);
        Assert.InRange(packed.FileLength, 1, 25_082_056 / 11);
    }

    [Fact]
    [Trait("Category", "Shared")]
    public void Accuracy_stays_within_a_point_and_a_half_of_the_teacher()
    {
        string[][] rows = [.. File.ReadLines(SharedFiles.Path("data/SST-2/dev.tsv")).Skip(1).Select(line => line.Split('\t'))];
        using ReviewSentiment model = ReviewSentiment.Load(Embedded());
        IReadOnlyList<Prediction> predictions = model.Session.Classify([.. rows.Select(row => new TextInput(row[0]))]);
        int right = rows.Zip(predictions).Count(pair => pair.First[1] == (pair.Second.Label == "POSITIVE" ? "1" : "0"));

        Assert.InRange((double)right / rows.Length, LeastAccuracy, 1);
    }

    private static byte[] Embedded()
    {
        using Stream stream = typeof(ReviewSentiment).Assembly.GetManifestResourceStream("sentiment.qg.safetensors")!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
