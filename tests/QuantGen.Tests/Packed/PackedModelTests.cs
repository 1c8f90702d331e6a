using QuantGen.Checkpoints;
using QuantGen.Graph;
using QuantGen.Packed;
using QuantGen.Specs;
using QuantGen.Tests.Checkpoints;

namespace QuantGen.Tests.Packed;

public class PackedModelTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(32)]
    public void Every_width_is_written_and_read_back(int bits)
    {
        ModelSpec spec = TinyModel.Classifier(bits);
        using PackedModel model = TinyModel.Builder(spec).Build();

        Assert.Equal(spec, model.Spec);
        Assert.Equal(["label \"0\"", "label \"1\""], model.Labels);
        Assert.Equal(new string('a', 64), model.SourceSha256);
        Assert.Equal("""{"lower_case":true}""", model.TokenizerJson);
        Assert.Equal(TinyModel.Vocabulary(12), model.Vocabulary.ToArray());
        Assert.Equal(bits != 32, model.Contains(TinyModel.Query + ".codes"));
        Assert.Equal(2, model.Floats("classifier.bias").Length);
        if (bits != 32)
        {
            Assert.Equal(8 * bits, model.Codes(TinyModel.Query).Length);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(32)]
    public void Every_embedding_width_is_written_and_read_back(int bits)
    {
        ModelSpec spec = TinyModel.Spec(options: new SpecOptions { EmbeddingBits = bits });
        using PackedModel model = TinyModel.Builder(spec).Build();

        Assert.Equal(bits == 32, model.Contains("embeddings.word_embeddings.weight"));
    }

    [Fact]
    public void Asymmetric_static_grouped_and_mixed_models_are_legal()
    {
        var asymmetric = new SpecOptions { Mapping = Mapping.Asymmetric, GroupCount = 4, ActivationRange = ActivationRange.Static };
        var alongInput = new SpecOptions { GroupSize = 32 };
        var mixed =
            new SpecOptions { Plan =
            new EquatableArray<PlanEntry>([new PlanEntry(TinyModel.Query, null, null, null, null, new EquatableArray<int>([4, 2, 3, 2]))]) };

        using PackedModel first = TinyModel.Builder(TinyModel.Spec(2, asymmetric)).Build();
        using PackedModel second = TinyModel.Builder(TinyModel.Spec(3, alongInput, width: 40)).Build();
        using PackedModel third = TinyModel.Builder(TinyModel.Spec(2, mixed)).Build();

        Assert.Equal(4, first.Bytes(TinyModel.Query + ".zero_points").Length);
        Assert.Equal(1, first.Floats("encoder.layer.0.attention.self.input_scale").Length);
        Assert.Equal(80, second.Floats(TinyModel.Query + ".scales").Length);
        Assert.Equal((2 * 4) + (2 * 3) + (2 * 2 * 2), third.Codes(TinyModel.Query).Length);
    }

    [Fact]
    public void Albert_has_an_activation_range_per_use_of_its_layer()
    {
        ModelSpec spec = TinyModel.Spec(4, new SpecOptions { ActivationRange = ActivationRange.Static }, BertArchitecture.Albert);
        using PackedModel model = TinyModel.Builder(spec).Build();

        Assert.Equal(3, model.Floats(TinyModel.Intermediate + ".input_scale").Length);
        Assert.Equal(1, model.Floats("encoder.embedding_hidden_mapping_in.input_scale").Length);
    }

    [Fact]
    public void The_ledger_accounts_for_every_byte()
    {
        using PackedModel model = TinyModel.Builder(TinyModel.Classifier(2)).Build();

        Assert.Equal(model.FileLength, model.Ledger.Total);
        Assert.Equal((12 * 8) + (12 * 4) + (4 * 6 * 8), model.Ledger.Embeddings);
        Assert.Equal(5 * 16 + 2 * 32, model.Ledger.Codes);
        Assert.Equal(7 * 4, model.Ledger.Scales);
        Assert.Equal(4 * ((6 * 8) + 16), model.Ledger.Biases);
        Assert.Equal(4 * 6 * 8, model.Ledger.LayerNorm);
        Assert.Equal(4 * ((2 * 8) + 2), model.Ledger.Head);
        Assert.Equal(24, model.Ledger.Vocabulary);
        Assert.Equal(0, model.Ledger.Weights);
        Assert.Equal(0, model.Ledger.Header % 64);
    }

    [Fact]
    public void A_saved_file_opens_with_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "tiny.qg.safetensors");
        string copy = Path.Combine(folder.Path, "copy.qg.safetensors");
        TinyModel.Builder(TinyModel.Classifier()).Save(path);

        using (PackedModel model = PackedModel.Open(path))
        {
            Assert.Equal(path, model.Name);
            Assert.Equal(new FileInfo(path).Length, model.FileLength);
            model.Save(copy);
        }

        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(copy));
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
        Assert.Throws<FileNotFoundException>(() => PackedModel.Open(path + ".missing"));
    }

    // What was checked is what is used, whoever writes to the file.
    [Fact]
    public void A_file_that_changes_after_it_was_opened_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "tiny.qg.safetensors");
        string copy = Path.Combine(folder.Path, "copy.qg.safetensors");
        TinyModel.Builder(TinyModel.Classifier()).Save(path);
        byte[] bytes = File.ReadAllBytes(path);
        using PackedModel model = PackedModel.Open(path);
        byte[] vocabulary = model.Vocabulary.ToArray();
        float[] bias = model.Floats("classifier.bias").ToArray();
        Overwrite(path, stream => stream.Write(new byte[bytes.Length]));

        Assert.Equal(vocabulary, model.Vocabulary.ToArray());
        Assert.Equal(bias, model.Floats("classifier.bias").ToArray());
        model.Save(copy);
        Assert.Equal(bytes, File.ReadAllBytes(copy));

        Overwrite(path, stream => stream.SetLength(0));
        Assert.Equal(vocabulary, model.Vocabulary.ToArray());
    }

    private static void Overwrite(string path, Action<FileStream> change)
    {
        // Windows lets nobody write to a file that somebody reads.
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        change(stream);
    }

    [Fact]
    public void Building_twice_gives_the_same_bytes()
        => Assert.Equal(TinyModel.Builder(TinyModel.Classifier()).ToBytes(), TinyModel.Builder(TinyModel.Classifier()).ToBytes());

    [Fact]
    public void Any_safetensors_reader_can_open_it()
    {
        using SafetensorsFile file = SafetensorsFile.Read(TinyModel.Builder(TinyModel.Classifier()).ToBytes(), "f");

        Assert.Equal("quantgen", file.Metadata["format"]);
        Assert.All(file.Tensors, tensor => Assert.Contains(tensor.DType, new[] { SafetensorsDType.F32, SafetensorsDType.U8 }));
    }

    [Fact]
    public void A_model_above_the_parallel_threshold_is_checked_as_well()
    {
        ModelSpec spec = TinyModel.Spec(4, width: 512);
        byte[] bytes = TinyModel.Builder(spec).ToBytes();
        Assert.True(bytes.Length > 1 << 20);
        using (PackedModel model = PackedModel.Read(bytes, "f"))
        {
            Assert.Equal(spec, model.Spec);
        }

        bytes[^100_000] ^= 1;
        Assert.Contains("tensor 'encoder.codes'", Assert.Throws<ModelFormatException>(() => PackedModel.Read(bytes, "f")).Message);
    }

    [Fact]
    public void The_builder_refuses_what_the_model_does_not_have()
    {
        var builder = new PackedModelBuilder(TinyModel.Classifier());

        Assert.Throws<ArgumentException>(() => builder.AddFloats("nothing", new float[1]));
        Assert.Throws<ArgumentException>(() => builder.AddFloats(TinyModel.Query + ".codes", new float[16]));
        Assert.Throws<ArgumentException>(() => builder.AddFloats("classifier.bias", new float[3]));
        builder.AddFloats("classifier.bias", new float[2]);
        Assert.Throws<ArgumentException>(() => builder.AddFloats("classifier.bias", new float[2]));
        Assert.Contains("missing: embeddings.word_embeddings.codes", Assert.Throws<ModelFormatException>(() => builder.Build()).Message);
        builder = TinyModel.Builder(TinyModel.Classifier(), (tensor, values) => tensor.Name == TinyModel.Query + ".codes" ? null : values);
        Assert.Contains($"1 missing: {TinyModel.Query}.codes", Assert.Throws<ModelFormatException>(() => builder.Build()).Message);
    }

    [Fact]
    public void Asking_for_a_tensor_that_is_not_there_is_the_callers_error()
    {
        using PackedModel model = TinyModel.Builder(TinyModel.Classifier()).Build();

        Assert.Throws<ArgumentException>(() => model.Bytes("classifier.bias").Length);
        Assert.Throws<ArgumentException>(() => model.Codes("classifier").Length);

        // How the file joins tensors is not the caller's business.
        Assert.False(model.Contains("encoder.codes"));
        Assert.Throws<ArgumentException>(() => model.Codes("encoder").Length);
    }
}
