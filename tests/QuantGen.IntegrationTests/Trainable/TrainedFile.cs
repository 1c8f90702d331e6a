using System.Text;
using QuantGen.Packed;
using QuantGen.Quantization;
using QuantGen.Schemes;
using QuantGen.Specs;
using QuantGen.Trainable;

namespace QuantGen.IntegrationTests.Trainable;

/// <summary>Packs a trainable model by the definitions of the quantizers, for comparison with inference.</summary>
internal static class TrainedFile
{
    public static ReadOnlyMemory<byte> Of(ITrainableModel model, TrainableOptions options)
    {
        ModelSpec spec = model.Spec;
        Dictionary<string, Parameter> parameters = model.Parameters.ToDictionary(p => p.Name);
        var builder = new PackedModelBuilder(spec)
        {
            Labels = spec.Head is BertHead.SequenceClassification or BertHead.TokenClassification
                ? [.. Enumerable.Range(0, spec.OutputCount).Select(i => $"label {i}")]
                : [],
        };
        Dictionary<string, MatrixSpec> matrices = spec.Matrices.ToDictionary(m => m.Name);
        Dictionary<string, SchemeTraits> traits = spec.Matrices.Where(m => m.IsQuantized).ToDictionary(m => m.Name, options.For);
        if (spec.HasQuantizedEmbedding)
        {
            traits.Add(PackedLayout.WordEmbedding, options.ForEmbedding(spec.EmbeddingStorage));
            matrices.Add(PackedLayout.WordEmbedding, SchemeQuantizer.EmbeddingMatrix(spec, traits[PackedLayout.WordEmbedding]));
        }

        foreach (MatrixSpec table in spec.PositionTables())
        {
            traits.Add(table.Name, WeightSchemes.Of(Scheme.Linear));
            matrices.Add(table.Name, table);
        }

        foreach (TensorSpec tensor in PackedLayout.Packed(spec))
        {
            string name = tensor.Name[..tensor.Name.LastIndexOf('.')];
            string kind = tensor.Name[(name.Length + 1)..];
            switch (kind)
            {
                case "codes":
                    MatrixSpec stored = Stored(matrices[name]);
                    builder.AddBytes(tensor.Name, Packed(stored, Codes(stored, traits[name], parameters)));
                    break;
                case "scales":
                    float[] scales = Quantize(Stored(matrices[name]), traits[name], parameters).Scales;
                    builder.AddFloats(tensor.Name, scales.Length == 1 ? Enumerable.Repeat(scales[0], (int)tensor.Count).ToArray() : scales);
                    break;
                case "codebook":
                    builder.AddFloats(tensor.Name, parameters[name + ".weight_centroids"].Values);
                    break;
                case "input_scale" when parameters.ContainsKey(name + ".shift"):
                    builder.AddFloats(tensor.Name, parameters[name + ".alpha"].Values);
                    break;
                case "input_shift":
                    builder.AddFloats(tensor.Name, parameters[name + ".shift"].Values);
                    break;
                case "input_scale":
                    builder.AddFloats(
                        tensor.Name, Array.ConvertAll(parameters[name + ".alpha"].Values, alpha => LsqQuantizer.Scale(alpha, Levels(spec, name))));
                    break;
                case "input_zero_point":
                    builder.AddBytes(tensor.Name, Enumerable.Repeat((byte)(IsSigned(name) ? 1 << (Bits(spec, name) - 1) : 0), (int)tensor.Count).ToArray());
                    break;
                default:
                    builder.AddFloats(tensor.Name, parameters[tensor.Name].Values);
                    break;
            }
        }

        builder.AddBytes(PackedLayout.Vocabulary, Encoding.UTF8.GetBytes(string.Concat(
            new[] { "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]" }.Concat(Enumerable.Range(5, spec.Dimensions.VocabularySize - 5).Select(i => $"w{i}"))
                .Select(w => w + "\n"))));
        using var file = new MemoryStream();
        string path = Path.GetTempFileName();
        try
        {
            builder.Build().Save(path);
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static bool IsSigned(string site) => !site.EndsWith(".probabilities", StringComparison.Ordinal);

    private static int Bits(ModelSpec spec, string site) => spec.AttentionSites().Any(s => s.Name == site) ? spec.AttentionBits : spec.ActivationBits;

    private static int Levels(ModelSpec spec, string site) => LsqQuantizer.Levels(Bits(spec, site), IsSigned(site));

    private static MatrixSpec Stored(MatrixSpec matrix) => matrix.IsPair ? SchemeQuantizer.Stacked(matrix) : matrix;

    private static byte[] Codes(MatrixSpec matrix, SchemeTraits traits, Dictionary<string, Parameter> parameters)
    {
        if (!matrix.HasCodebook)
        {
            return Quantize(matrix, traits, parameters).Codes;
        }

        float[] values = parameters[matrix.Name + ".weight"].Values;
        return traits.Scheme == Scheme.KMeans ? ClusterQuantizer.KMeans(values, matrix.Bits).Labels : ClusterQuantizer.Linear(values, matrix.Bits).Labels;
    }

    private static QuantizedMatrix Quantize(MatrixSpec matrix, SchemeTraits traits, Dictionary<string, Parameter> parameters) => SchemeQuantizer.Quantize(
        matrix, traits.Fitter, parameters[matrix.Name + ".weight"].Values, parameters.GetValueOrDefault(matrix.Name + ".weight_alpha")?.Values ?? []);

    private static byte[] Packed(MatrixSpec matrix, byte[] codes)
    {
        int length = MatrixSpec.RowBytes(matrix.Columns, matrix.Bits);
        byte[] packed = new byte[matrix.Rows * length];
        for (int row = 0; row < matrix.Rows; row++)
        {
            CodePacker.PackRow(codes.AsSpan(row * matrix.Columns, matrix.Columns), matrix.Bits, packed.AsSpan(row * length, length));
        }

        return packed;
    }
}
