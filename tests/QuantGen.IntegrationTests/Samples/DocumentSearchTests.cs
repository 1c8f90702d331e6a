using QuantGen.IntegrationTests.Paths;
using QuantGen.Packed;
using QuantGen.Samples.Search;
using QuantGen.Tests;

namespace QuantGen.IntegrationTests.Samples;

/// <summary>The sample finds what a reader of the README would point to.</summary>
public sealed class DocumentSearchTests : IDisposable
{
    private readonly DocumentSearch _search = DocumentSearch.OfThisRepository();

    public static TheoryData<string> Variables => [.. RuntimeSwitches.Variables];

    public void Dispose() => _search.Dispose();

    [Theory]
    [InlineData("which licence does it have", "License")]
    [InlineData("how do I train a model on a GPU", "Training on TorchSharp and GPUs")]
    [InlineData("is it faster than ONNX Runtime", "Performance")]
    public void The_nearest_passage_answers(string question, string heading)
    {
        (Passage passage, float score) = _search.Find(question, top: 3)[0];

        Assert.Equal(heading, passage.Heading);
        Assert.InRange(score, 0.3f, 1.01f);
    }

    [Fact]
    public void Saved_vectors_are_those_that_a_start_computes_and_a_damaged_file_is_no_obstacle()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.vectors");
        try
        {
            _search.Save(path);
            using (DocumentSearch read = DocumentSearch.OfThisRepository(path))
            {
                Assert.Equal(_search.Vectors, read.Vectors);
                Assert.Equal(_search.Find("which licence does it have", top: 3), read.Find("which licence does it have", top: 3));
            }

            byte[] bytes = File.ReadAllBytes(path);
            bytes[0] ^= 1;
            File.WriteAllBytes(path, bytes);
            using DocumentSearch computed = DocumentSearch.OfThisRepository(path);
            Assert.Equal(_search.Vectors, computed.Vectors);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [MemberData(nameof(Variables))]
    public void Vectors_are_the_same_bits_without_an_instruction_set(string variable) => Assert.Equal(
        ProbeProcess.Run(new Dictionary<string, string>(), "search-bits"),
        ProbeProcess.Run(new Dictionary<string, string> { [variable] = "0" }, "search-bits"));

    [Fact]
    public void Passages_are_paragraphs_and_rows_of_words()
    {
        const string Markdown = """
            # First

            A paragraph that is long enough to be found, because it goes
            on in the next line.
            - A row of a list that is long enough to be a passage of its own, too.

            ```
            code that is nobody's answer, however many characters there are in a line of it
            ```
            ## Second
            | a row of a table with so many words | that it is long enough for a passage |
            | 12345678901234567890 | 12345678901234567890 | 12345678901234567890 |
            Short.
            """;
        Assert.Equal(
            [
                new Passage("First", "A paragraph that is long enough to be found, because it goes on in the next line."),
                new Passage("First", "A row of a list that is long enough to be a passage of its own, too."),
                new Passage("Second", "a row of a table with so many words | that it is long enough for a passage"),
            ],
            Passage.Split(Markdown));
    }

    [Fact]
    public void The_packed_model_is_a_thirteenth_of_its_checkpoint()
    {
        using Stream stream = typeof(MiniLm).Assembly.GetManifestResourceStream("minilm.qg.safetensors")!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        using PackedModel packed = PackedModel.Read(bytes, "minilm");

        Assert.Equal(MiniLm.Spec, packed.Spec);
        Assert.InRange(packed.FileLength, 1, 90_868_376 / 13);
    }
}
