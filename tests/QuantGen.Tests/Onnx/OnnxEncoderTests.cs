using System.Runtime.InteropServices;
using QuantGen.Checkpoints;
using QuantGen.Onnx;
using QuantGen.Specs;
using QuantGen.Tests.Checkpoints;

namespace QuantGen.Tests.Onnx;

public sealed class OnnxEncoderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<ExportStyle> Styles => new(
        new ExportStyle(),
        new ExportStyle { Products = ProductForm.Transposed, HasHead = true },
        new ExportStyle { Products = ProductForm.NamedFolded, Attention = AttentionForm.ConstantShape },
        new ExportStyle { Products = ProductForm.Gemm, Norms = NormForm.Node },
        new ExportStyle { Products = ProductForm.FoldedGemm, Prefix = "0.auto_model." },
        new ExportStyle { Products = ProductForm.FusedMatMul, Prefix = "model.", HasHead = true },
        new ExportStyle { Attention = AttentionForm.Fused, Norms = NormForm.Skip, HasFusedActivation = true },
        new ExportStyle { Attention = AttentionForm.MultiHead, Norms = NormForm.Skip },
        new ExportStyle { Attention = AttentionForm.Fused, Norms = NormForm.Node, IsHalf = true, HasHead = true },
        new ExportStyle { Data = OnnxData.Fields },
        new ExportStyle { Data = OnnxData.Fields, IsHalf = true },
        new ExportStyle { Data = OnnxData.External },
        new ExportStyle { HasCopies = true });

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Styles))]
    public void Weights_come_back_from_every_form_of_graph(ExportStyle style) => RequireSame(OnnxExport.Tiny(BertArchitecture.Bert), style);

    [Theory]
    [InlineData(BertArchitecture.Albert, true)]
    [InlineData(BertArchitecture.Albert, false)]
    [InlineData(BertArchitecture.DistilBert, true)]
    [InlineData(BertArchitecture.DistilBert, false)]
    [InlineData(BertArchitecture.Electra, true)]
    [InlineData(BertArchitecture.Electra, false)]
    public void Families_are_known_by_their_names(BertArchitecture architecture, bool hasPrefix)
    {
        ModelSpec spec = OnnxExport.Tiny(architecture);
        RequireSame(spec, new ExportStyle { HasHead = hasPrefix });
        RequireSame(spec, new ExportStyle { HasHead = hasPrefix, Attention = AttentionForm.Fused, Norms = NormForm.Skip, HasFusedActivation = true });
        RequireSame(spec, new ExportStyle { HasHead = hasPrefix, Products = ProductForm.Gemm });
    }

    [Theory]
    [InlineData(BertHead.SequenceClassification, 3)]
    [InlineData(BertHead.Regression, 1)]
    [InlineData(BertHead.TokenClassification, 5)]
    [InlineData(BertHead.QuestionAnswering, 2)]
    [InlineData(BertHead.MaskedLanguageModel, 2)]
    public void Heads_are_known_by_their_names(BertHead head, int labels)
    {
        foreach (BertArchitecture architecture in Enum.GetValues<BertArchitecture>())
        {
            ModelSpec spec = OnnxExport.Tiny(architecture, head, labels: labels);
            RequireSame(spec, new ExportStyle { HasHead = true });
            RequireSame(spec, new ExportStyle { HasHead = true, Products = ProductForm.Gemm, Norms = NormForm.Skip });
        }
    }

    [Theory]
    [InlineData(HiddenActivation.Gelu)]
    [InlineData(HiddenActivation.GeluNew)]
    [InlineData(HiddenActivation.Tanh)]
    [InlineData(HiddenActivation.Relu)]
    [InlineData(HiddenActivation.Silu)]
    [InlineData(HiddenActivation.QuickGelu)]
    public void Activation_functions_are_known_by_their_nodes(HiddenActivation function)
    {
        RequireSame(OnnxExport.Tiny(BertArchitecture.Bert, activation: function), new ExportStyle());
        if (function is HiddenActivation.Gelu or HiddenActivation.GeluNew)
        {
            RequireSame(OnnxExport.Tiny(BertArchitecture.Bert, activation: function), new ExportStyle { HasFusedActivation = true });
        }
    }

    [Fact]
    public void A_configuration_is_compared_with_the_graph()
    {
        ModelSpec spec = OnnxExport.Tiny(BertArchitecture.Bert);
        using OnnxFile file = OnnxFile.Read(OnnxExport.Of(spec, new ExportStyle()).Writer.ToBytes(), "model.onnx");
        Assert.Equal(spec.Dimensions, OnnxEncoder.Find(file, spec.Dimensions).Config);
        Assert.Equal(BertHead.Encoder, OnnxEncoder.Find(file, spec.Dimensions with { Head = BertHead.MaskedLanguageModel }).Config.Head);
        var error = Assert.Throws<ModelFormatException>(() => OnnxEncoder.Find(file, spec.Dimensions with { Heads = 6, LayerNormEpsilon = 1e-12 }));
        Assert.Equal("attention heads 3 instead of 6, epsilon 1E-07 instead of 1E-12", error.Found);
    }

    [Fact]
    public void Any_change_gives_a_model_or_the_documented_exception()
    {
        int read = 0;
        var fused = new ExportStyle { Attention = AttentionForm.Fused, Norms = NormForm.Skip, Data = OnnxData.Fields };
        foreach (ExportStyle style in new[] { new ExportStyle(), fused })
        {
            byte[] good = OnnxExport.Of(OnnxExport.Tiny(BertArchitecture.Bert), style).Writer.ToBytes();
            read += Mutations.Run(good, 500, bytes =>
            {
                using OnnxFile file = OnnxFile.Read(bytes, "model.onnx");
                OnnxEncoder encoder = OnnxEncoder.Find(file, null);
                encoder.AddTo(new SafetensorsWriter());
            });
        }

        Assert.InRange(read, 1, 999);
    }

    private void RequireSame(ModelSpec spec, ExportStyle style)
    {
        OnnxExport export = OnnxExport.Of(spec, style);
        string path = _folder.Write("model.onnx", export.Writer.ToBytes());
        _folder.Write("model.onnx_data", export.Writer.External);
        using OnnxFile file = OnnxFile.Open(path);
        OnnxEncoder encoder = OnnxEncoder.Find(file, null);

        Assert.Equal(spec.Dimensions with { Labels = encoder.Config.Labels, Head = spec.Head }, encoder.Config);
        bool hasLabels = spec.Head is BertHead.SequenceClassification or BertHead.Regression or BertHead.TokenClassification;
        Assert.Equal(hasLabels ? spec.OutputCount : 2, encoder.Config.Labels.Count);
        encoder.RequireTensorsOf(spec);
        var writer = new SafetensorsWriter();
        encoder.AddTo(writer);
        writer.Save(Path.Combine(_folder.Path, "model.safetensors"));
        _folder.Write("config.json", System.Text.Encoding.UTF8.GetBytes(QuantGen.Architectures.ModelConfigWriter.Write(encoder.Config)));
        using Checkpoint checkpoint = Checkpoint.Open(_folder.Path);
        Assert.Equal(export.Weights.Keys.Order(StringComparer.Ordinal), checkpoint.Tensors.Keys.Order(StringComparer.Ordinal));
        foreach ((string name, (int[] shape, float[] values)) in export.Weights)
        {
            Assert.True(checkpoint.Tensors[name].Source.HasShape(shape), name);
            Assert.True(MemoryMarshal.AsBytes(values.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(checkpoint.Read(name).AsSpan())), name);
        }
    }
}
