using QuantGen.Sentences;
using QuantGen.Specs;

namespace QuantGen.Packed;

/// <summary>The tensors a packed file has for a model's: those of linear layers and norms are joined by kind, in the model's order.</summary>
/// <remarks>
/// A header entry takes about a hundred bytes, so that an entry for each of the model's tensors would outweigh the scales of
/// a deep model. Joined, the length of the header does not depend on the number of layers.
/// </remarks>
internal sealed class PackedFileLayout
{
    private readonly Dictionary<string, FileTensor> _byName;

    private PackedFileLayout(IReadOnlyList<TensorSpec> model, IReadOnlyList<FileTensor> tensors, Dictionary<string, FileTensor> byName)
    {
        Model = model;
        Tensors = tensors;
        _byName = byName;
    }

    /// <summary>Gets the model's tensors, the vocabulary excepted.</summary>
    public IReadOnlyList<TensorSpec> Model { get; }

    /// <summary>Gets the file's tensors, the vocabulary excepted, in the order in which the model first needs them.</summary>
    public IReadOnlyList<FileTensor> Tensors { get; }

    /// <summary>Lays out a model's file: that of a sentence encoder with the weights of its dense layers, that of an ensemble with all members.</summary>
    public static PackedFileLayout Of(ModelSpec spec, SentenceEncoding? sentence = null, EnsembleSpec? ensemble = null)
    {
        IReadOnlyList<TensorSpec> first = PackedLayout.Packed(spec);
        IEnumerable<TensorSpec> others = ensemble is null ? [] : Enumerable.Range(1, ensemble.Votes.Count - 1).SelectMany(member =>
            first.Where(tensor => !PackedLayout.IsShared(spec, tensor.Name, ensemble.SharedLayers))
                .Select(tensor => tensor with { Name = PackedNames.Member(member) + tensor.Name }));
        IReadOnlyList<TensorSpec> model = [.. first, .. others, .. sentence is null ? [] : SentenceTensors.Of(sentence)];
        var tensors = new List<FileTensor>();
        var byName = new Dictionary<string, FileTensor>(StringComparer.Ordinal);
        foreach (TensorSpec tensor in model)
        {
            string name = FileName(tensor);
            if (!byName.TryGetValue(name, out FileTensor? joined))
            {
                joined = new FileTensor(name, tensor.IsFloat);
                byName.Add(name, joined);
                tensors.Add(joined);
            }

            joined.Add(tensor);
        }

        return new PackedFileLayout(model, tensors, byName);
    }

    /// <summary>Finds one of the file's tensors; null for the vocabulary and what the model does not have.</summary>
    public FileTensor? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Says whether the model has a tensor.</summary>
    public bool Has(string name) => Model.Any(tensor => tensor.Name == name);

    private static string FileName(TensorSpec tensor)
    {
        int length = PackedNames.WithoutMember(tensor.Name).Length;
        return length == tensor.Name.Length ? FileName(tensor, tensor.Name) : tensor.Name[..^length] + FileName(tensor, tensor.Name[^length..]);
    }

    private static string FileName(TensorSpec tensor, string name)
    {
        if (tensor.Class is TensorClass.Embeddings or TensorClass.Head || name.StartsWith("embeddings.", StringComparison.Ordinal))
        {
            return name;
        }

        return tensor.Class switch
        {
            TensorClass.Codes => "encoder.codes",
            TensorClass.Weights => "encoder.weights",
            TensorClass.Biases => "encoder.biases",
            TensorClass.LayerNorm => "encoder.layer_norm",
            _ when name.EndsWith(PackedNames.Scales, StringComparison.Ordinal) => "encoder.scales",
            _ when name.EndsWith(PackedNames.Codebook, StringComparison.Ordinal) => "encoder.codebooks",
            _ when name.EndsWith(PackedNames.ZeroPoints, StringComparison.Ordinal) => "encoder.zero_points",
            _ when name.EndsWith(PackedNames.InputShift, StringComparison.Ordinal) => "encoder.input_shifts",
            _ when name.EndsWith(PackedNames.InputCenter, StringComparison.Ordinal) => "encoder.input_centers",
            _ when name.EndsWith(PackedNames.Centers, StringComparison.Ordinal) => "encoder.centers",
            _ when name.EndsWith(PackedNames.Ranges, StringComparison.Ordinal) => "encoder.ranges",
            _ => tensor.IsFloat ? "encoder.input_scales" : "encoder.input_zero_points",
        };
    }
}
