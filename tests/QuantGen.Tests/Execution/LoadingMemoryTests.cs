using QuantGen.Execution;
using QuantGen.Linear;
using QuantGen.Packed;
using QuantGen.Specs;
using QuantGen.Tests.Packed;

namespace QuantGen.Tests.Execution;

/// <summary>Weights are copied once: from the mapped file to where kernels read them.</summary>
public sealed class LoadingMemoryTests
{
    private const int Width = 512;

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(32)]
    public void Loading_allocates_little_beside_the_weights(int bits)
    {
        ModelSpec spec = SessionModel.Spec(BertHead.Encoder, bits: bits, width: Width);
        string path = Path.Combine(Directory.CreateTempSubdirectory("quantgen-").FullName, "model.qg.safetensors");
        try
        {
            SessionModel.Packed(spec).Save(path);
            long length = new FileInfo(path).Length;

            // One thread, so that all is counted; the second time, when pooled buffers exist.
            Load(path, spec);
            long before = AllocatedBytes.OfThisThread;
            Load(path, spec);

            Assert.InRange(AllocatedBytes.OfThisThread - before, 0, length / 4);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    [Fact]
    public void Building_holds_tensors_that_are_read_when_needed_only_once()
    {
        ModelSpec spec = TinyModel.Spec(32, new SpecOptions { EmbeddingBits = 32 }, width: Width);
        var builder = new PackedModelBuilder(spec);
        foreach (TensorSpec tensor in PackedLayout.Packed(spec))
        {
            builder.AddFloats(tensor.Name, values => values.Fill(1));
        }

        builder.AddBytes(PackedLayout.Vocabulary, TinyModel.Vocabulary(spec.Dimensions.VocabularySize));
        long before = AllocatedBytes.OfThisThread;
        using PackedModel model = builder.Build();
        long allocated = AllocatedBytes.OfThisThread - before;

        Assert.InRange(allocated, model.FileLength, model.FileLength * 5 / 4);
        Assert.Equal(1f, model.Floats(TinyModel.Query + ".weight")[^1]);
    }

    private static void Load(string path, ModelSpec spec)
    {
        var program = new FakeProgram(spec) { Place = (model, _) => PlaceAll(model) };
        InferenceSession.Load(path, program, new LoadOptions { Threads = 1 }).Dispose();
    }

    private static void PlaceAll(PackedModel model)
    {
        foreach (MatrixSpec matrix in model.Spec.Matrices)
        {
            long codes = matrix.IsQuantized
                ? PanelPadding.CodeBytes(matrix.Rows, matrix.Columns, matrix.Bits, isGrouped: false)
                : FloatPanels.Length(matrix.Rows, matrix.Columns) * (long)sizeof(float);
            long perRow = PanelPadding.Pad(matrix.Rows, PanelPadding.Rows) * 4L;
            using var arena = new WeightArena(codes + (4 * perRow)) { LoadThreads = 1 };
            var place = new LinearPlace(0, codes, codes + perRow, 0, codes + (2 * perRow), codes + (3 * perRow));
            if (matrix.IsQuantized)
            {
                LinearPlacer.Place(model, arena, matrix.Name, 0, new KernelOrder(matrix.Bits, 16, 4, 2), place);
            }
            else
            {
                LinearPlacer.PlaceFullPrecision(model, arena, matrix.Name, place);
            }
        }
    }
}
