using System.Text;
using QuantGen.Checkpoints;
using QuantGen.Execution;
using QuantGen.Graph;
using QuantGen.Packed;
using QuantGen.Specs;
using QuantGen.Tokenization;

namespace QuantGen.Tests.Packed;

public class PackedFileLayoutTests
{
    private const int HeaderLimit = 4096;

    public static TheoryData<int, Mapping, int, BertArchitecture, int> Uniform
    {
        get
        {
            var data = new TheoryData<int, Mapping, int, BertArchitecture, int>();
            foreach (int bits in new[] { 1, 2, 3, 4, 5, 6, 7, 8, 32 })
            {
                foreach (Mapping mapping in bits == 1 ? [Mapping.Symmetric] : new[] { Mapping.Symmetric, Mapping.Asymmetric })
                {
                    foreach (int groups in new[] { 1, 64 })
                    {
                        data.Add(bits, mapping, groups, BertArchitecture.Bert, 12);
                        data.Add(bits, mapping, groups, BertArchitecture.Albert, 12);
                    }
                }
            }

            data.Add(2, Mapping.Asymmetric, 64, BertArchitecture.Bert, 4);
            data.Add(2, Mapping.Asymmetric, 64, BertArchitecture.Bert, 24);
            data.Add(4, Mapping.Asymmetric, 64, BertArchitecture.Bert, 128);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Uniform))]
    public void The_header_of_a_uniform_model_has_at_most_4_KiB(int bits, Mapping mapping, int groups, BertArchitecture architecture, int layers)
    {
        var config = new ModelConfig
        {
            Architecture = architecture,
            Layers = layers,
            EmbeddingSize = architecture == BertArchitecture.Albert ? 128 : 768,
        };
        var options = new SpecOptions
        {
            Bits = bits,
            Mapping = mapping,
            GroupCount = groups,
            Head = BertHead.SequenceClassification,
            LabelCount = 3,
            ActivationRange = ActivationRange.Static,
            MaxSequenceLength = 128,
        };
        ModelSpec spec = SpecBuilder.Build(config, options, new List<SpecIssue>())!;

        Assert.InRange(HeaderLength(spec), 1, HeaderLimit);
    }

    [Fact]
    public void The_header_does_not_grow_with_the_layers_when_parts_differ_in_bits()
    {
        SpecOptions options = TinyModel.Everything with
        {
            LayerBits = new EquatableArray<LayerBitsRule>([new LayerBitsRule("*.attention.*", 4), new LayerBitsRule("pooler.dense", 8)]),
        };

        byte[] bytes = TinyModel.Builder(TinyModel.Spec(2, options, layers: 24)).ToBytes();

        using SafetensorsFile file = SafetensorsFile.Read(bytes, "f");
        Assert.InRange(file.HeaderLength, 1, HeaderLimit);
    }

    [Theory]
    [InlineData(2, 1, BertArchitecture.Bert)]
    [InlineData(2, 24, BertArchitecture.Bert)]
    [InlineData(2, 1, BertArchitecture.Albert)]
    [InlineData(5, 2, BertArchitecture.Bert)]
    [InlineData(6, 2, BertArchitecture.Albert)]
    [InlineData(7, 2, BertArchitecture.Bert)]
    public void The_file_is_the_tensors_of_the_model_the_vocabulary_and_at_most_4_KiB(int bits, int layers, BertArchitecture architecture)
    {
        ModelSpec spec = TinyModel.Spec(bits, TinyModel.Everything, architecture, layers: layers);
        byte[] bytes = TinyModel.Builder(spec).ToBytes();

        using PackedModel model = PackedModel.Read(bytes, "f");

        long tensors = PackedLayout.Packed(spec).Sum(tensor => tensor.Bytes);
        Assert.Equal(model.Ledger.Header + tensors + TinyModel.Vocabulary(TinyModel.VocabularySize).Length, bytes.Length);
        Assert.InRange(model.Ledger.Header, 1, HeaderLimit);
    }

    [Fact]
    public void Every_tensor_of_the_model_is_read_as_it_was_added()
    {
        ModelSpec spec = TinyModel.Spec(2, TinyModel.Everything, layers: 3);
        var added = new Dictionary<string, Array>();
        int seed = 0;
        PackedModelBuilder builder = TinyModel.Builder(spec, (tensor, values) =>
        {
            // Each tensor gets numbers of its own, so that a wrong offset shows.
            Array own = values is float[] floats ? Array.ConvertAll(floats, value => value + (++seed)) : values!;
            added.Add(tensor.Name, own);
            return own;
        });

        using PackedModel model = builder.Build();

        Assert.Equal(PackedLayout.Packed(spec).Count, added.Count);
        foreach ((string name, Array values) in added)
        {
            Assert.True(model.Contains(name));
            Assert.Equal(values, values is float[] ? model.Floats(name).ToArray() : model.Bytes(name).ToArray());
        }
    }

    [Fact]
    public void Tensors_of_linear_layers_and_norms_are_joined_by_kind()
    {
        PackedFileLayout layout = PackedFileLayout.Of(TinyModel.Spec(2, TinyModel.Everything, layers: 3));

        Assert.Equal(
            [
                "embeddings.word_embeddings.codes", "embeddings.word_embeddings.scales", "embeddings.position_embeddings.weight",
                "embeddings.token_type_embeddings.weight", "embeddings.LayerNorm.weight", "embeddings.LayerNorm.bias",
                "encoder.input_scales", "encoder.input_zero_points", "encoder.codes", "encoder.scales", "encoder.zero_points", "encoder.biases",
                "encoder.layer_norm", "encoder.weights", "classifier.weight", "classifier.bias",
            ],
            layout.Tensors.Select(tensor => tensor.Name));
        FileTensor norms = layout.Find("encoder.layer_norm")!;
        Assert.Equal([3 * 4 * 8], norms.Shape);
        Assert.Equal("encoder.layer.0.attention.output.LayerNorm.weight", norms.Members[0].Name);
        Assert.Equal([2, 8], layout.Find("classifier.weight")!.Shape);
        Assert.Null(layout.Find("vocabulary"));
    }

    [Fact]
    public void A_model_with_a_tensor_too_long_for_a_span_is_refused_before_any_data()
    {
        var config = new ModelConfig { Layers = 128, HiddenSize = 4096, EmbeddingSize = 4096, Heads = 1, IntermediateSize = 4096 };
        ModelSpec spec = SpecBuilder.Build(config, new SpecOptions { Bits = 8 }, new List<SpecIssue>())!;

        Assert.Contains("encoder.codes", Assert.Throws<ArgumentException>(() => new PackedModelBuilder(spec)).Message);
    }

    // Only lengths of numbers matter to the header, so a header for real dimensions is made without their data.
    private static int HeaderLength(ModelSpec spec)
    {
        var header = new StringBuilder();
        byte[] tiny = TinyModel.Builder(TinyModel.Classifier()).ToBytes();
        using SafetensorsFile file = SafetensorsFile.Read(tiny, "f");
        var checksums = new StringBuilder("{");
        long position = 0;
        foreach (FileTensor tensor in PackedFileLayout.Of(spec).Tensors)
        {
            Append(tensor.Name, tensor.IsFloat ? "F32" : "U8", string.Join(',', tensor.Shape), tensor.Bytes);
        }

        Append("vocabulary", "U8", "231508", 231_508);
        checksums[^1] = '}';
        var metadata = file.Metadata.ToDictionary();
        metadata["spec"] = spec.CanonicalJson;
        metadata["labels"] = """["contradiction","entailment","neutral"]""";
        metadata["tokenizer"] = TokenizerSettings.Write(new TokenizerOptions());
        metadata["checksums"] = checksums.ToString();
        foreach ((string key, string value) in metadata)
        {
            header.Append($"\"{key}\":\"{value.Replace("\"", "\\\"")}\",");
        }

        int length = 8 + "{\"__metadata__\":{}}".Length + header.Length;
        return (length + 63) / 64 * 64;

        void Append(string name, string dtype, string shape, long bytes)
        {
            checksums.Append($"\"{name}\":\"{new string('0', 32)}\",");
            header.Append($"\"{name}\":{{\"dtype\":\"{dtype}\",\"shape\":[{shape}],\"data_offsets\":[{position},{position + bytes}]}},");
            position += bytes;
        }
    }
}
