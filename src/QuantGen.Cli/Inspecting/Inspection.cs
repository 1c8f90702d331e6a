using System.Globalization;
using QuantGen.Checkpoints;
using QuantGen.Cli.Models;
using QuantGen.Graph;
using QuantGen.Packed;
using QuantGen.Specs;

namespace QuantGen.Cli.Inspecting;

/// <summary>What a model is made of.</summary>
internal sealed record Inspection
{
    private const string Unused = "unused";

    public required ModelSpec Spec { get; init; }

    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Gets how the codes of a packed file were found; null for a checkpoint.</summary>
    public Recipe? Recipe { get; init; }

    /// <summary>Gets what the votes of an ensemble's members weigh; empty for a model alone.</summary>
    public IReadOnlyList<double> Votes { get; init; } = [];

    /// <summary>Gets how many layers are the first member's for all members of an ensemble.</summary>
    public int SharedLayers { get; init; }

    public required IReadOnlyList<TensorRow> Tensors { get; init; }

    /// <summary>Gets the bytes by class, in the order of the file's ledger.</summary>
    public required IReadOnlyDictionary<string, long> Bytes { get; init; }

    public long BytesTotal => Bytes.Values.Sum();

    public long Parameters => ModelSize.Parameters(Spec);

    public double BitsPerWeight => ModelSize.BitsPerWeight(Spec);

    /// <summary>Gets the bits of matrices in the order of the forward pass, layer by layer, <c>2x1</c> for a pair; null where all have the same.</summary>
    public string? Plan => Spec.Matrices.Select(BitsOf).Distinct().Count() < 2 ? null : string.Join("; ", Spec.Matrices
        .GroupBy(matrix => LayerNames.Split(matrix.Name, out int layer, out _) ? FormattableString.Invariant($"layer {layer}") : matrix.Name)
        .Select(block => FormattableString.Invariant($"{block.Key}: {string.Join(' ', block.Select(BitsOf))}")));

    public string SpecSha256 => Spec.Sha256;

    /// <summary>Looks into a packed file.</summary>
    public static Inspection OfFile(string path)
    {
        using PackedModel model = PackedModel.Open(path);
        ByteLedger ledger = model.Ledger;
        return new Inspection
        {
            Spec = model.Spec,
            Recipe = model.Recipe,
            Labels = [.. model.Labels],
            Votes = [.. model.Votes],
            SharedLayers = model.SharedLayers,
            Tensors =
            [
                .. model.Tensors
                .Select(tensor => new TensorRow(tensor.Name, TypeOf(model.Spec, tensor), [.. tensor.Shape.Select(n => (long)n)], tensor.Bytes)),
            ],
            Bytes = Enum.GetValues<TensorClass>().ToDictionary(SpecNames.Of, tensorClass => ledger[tensorClass]),
        };
    }

    /// <summary>Looks into a checkpoint directory; its bytes are those of the tensors, whatever type they have there, and of the vocabulary.</summary>
    public static Inspection OfDirectory(string path)
    {
        using CheckpointModel model = CheckpointModel.Open(path);
        ModelSpec spec = ModelSpecs.FullPrecision(model.Config, head: null);
        IReadOnlyList<TensorSpec> expected = PackedLayout.Checkpoint(spec);
        model.Checkpoint.RequireExactly(expected.Select(tensor => (tensor.Name, tensor.Shape.ToArray())));
        var classes = expected.ToDictionary(tensor => tensor.Name, tensor => SpecNames.Of(tensor.Class), StringComparer.Ordinal);
        var bytes = Enum.GetValues<TensorClass>().Where(tensorClass => tensorClass != TensorClass.Header).ToDictionary(SpecNames.Of, _ => 0L);
        bytes.Add(Unused, 0);
        var order = expected.Select((tensor, index) => (tensor.Name, index)).ToDictionary(pair => pair.Name, pair => pair.index, StringComparer.Ordinal);
        var rows = new List<TensorRow>();
        IEnumerable<CheckpointTensor> tensors = model.Checkpoint.Tensors.Values
            .OrderBy(tensor => order.GetValueOrDefault(tensor.Name, int.MaxValue)).ThenBy(tensor => tensor.Name, StringComparer.Ordinal);
        foreach (CheckpointTensor tensor in tensors)
        {
            rows.Add(new TensorRow(tensor.Name, tensor.DType.ToString(), tensor.Shape, tensor.Length));
            bytes[classes.GetValueOrDefault(tensor.Name, Unused)] += tensor.Length;
        }

        bytes[SpecNames.Of(TensorClass.Vocabulary)] = model.OpenTokenizer().VocabularyBytes.Length;
        return new Inspection { Spec = spec, Labels = model.LabelsFor(spec), Tensors = rows, Bytes = bytes };
    }

    private static string BitsOf(MatrixSpec matrix) => FormattableString.Invariant($"{(matrix.IsPair ? "2x" : string.Empty)}{matrix.Bits}");

    private static string TypeOf(ModelSpec spec, TensorSpec tensor)
    {
        const string Codes = ".codes";
        if (!tensor.Name.EndsWith(Codes, StringComparison.Ordinal))
        {
            return tensor.IsFloat ? "F32" : "U8";
        }

        string name = PackedNames.WithoutMember(tensor.Name)[..^Codes.Length].ToString();
        if (name == PackedLayout.WordEmbedding)
        {
            return FormattableString.Invariant($"{(spec.HasEmbeddingPair ? "2 x " : string.Empty)}{spec.EmbeddingBits} bits");
        }

        MatrixSpec matrix = spec.Matrix(name);
        string halves = matrix.IsPair ? "2 x " : string.Empty;
        return halves + string.Join("/", matrix.Segments().Select(segment => segment.Bits.ToString(CultureInfo.InvariantCulture))) + " bits";
    }
}
