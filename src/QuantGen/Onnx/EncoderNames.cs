using QuantGen.Architectures;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Onnx;

/// <summary>Finds out whose tensors a graph has, and gives them their canonical names.</summary>
/// <remarks>Exporters keep the names of a checkpoint's tensors, sometimes below names of their own wrappers (<c>0.auto_model.encoder...</c>).</remarks>
internal sealed class EncoderNames
{
    private const string Words = PackedLayout.WordEmbedding + ".weight";
    private readonly string _outer;
    private readonly HashSet<string> _parts;

    private EncoderNames(ModelFamily family, string outer)
    {
        Family = family;
        _outer = outer;
        _parts = [.. Steps.PostNormLayer(family.Defaults, 0).Select(NameOf).Where(name => name.Length > 0).Select(PartOf)];
    }

    /// <summary>Gets the family.</summary>
    public ModelFamily Family { get; }

    /// <summary>Finds the family that the names of a graph's tensors belong to.</summary>
    /// <param name="file">The file, for messages.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="known">The family, where it is known; null to find it.</param>
    /// <exception cref="ModelFormatException">They belong to none.</exception>
    public static EncoderNames Find(string file, OnnxGraph graph, ModelFamily? known)
    {
        string[] names = [.. graph.Tensors.Select(tensor => tensor.Name)];
        string[] prefixes = [.. names.Where(name => EndsWith(name, Words)).Select(name => name[..^Words.Length])];
        if (prefixes.Length > 1)
        {
            throw new ModelFormatException(file, "graph", "one encoder", $"two: '{prefixes[0]}{Words}' and '{prefixes[1]}{Words}'");
        }

        string prefix = prefixes.FirstOrDefault(string.Empty);
        ModelFamily? named = ModelFamilies.All.FirstOrDefault(family => EndsWith(prefix, family.ModelType + "."));
        EncoderNames best = (known ?? named) is ModelFamily one
            ? Of(one, prefix)
            : ModelFamilies.All.Select(family => Of(family, prefix)).MaxBy(choice => names.Count(name => choice.Canonical(name) is not null))!;
        return names.Any(name => best.Canonical(name) is string canonical && LayerNames.IsInLayer(canonical))
            ? best
            : throw new ModelFormatException(
                file, "graph", $"tensors of {string.Join(", ", ModelFamilies.All.Select(family => family.Name))} under the names of a checkpoint",
                Sample(names));
    }

    /// <summary>Gets the canonical name of a tensor; null for a name that is none of the family's.</summary>
    /// <param name="name">Its name in the graph.</param>
    public string? Canonical(string name)
    {
        string canonical = Family.Names.Canonical(name.StartsWith(_outer, StringComparison.Ordinal) ? name[_outer.Length..] : name);
        return IsKnown(canonical) ? canonical : null;
    }

    /// <summary>Gets the canonical name of a tensor where it is read, by the first of its names that is one.</summary>
    /// <param name="use">The use.</param>
    public string? Canonical(TensorUse use) => use.Names.Select(Canonical).FirstOrDefault(name => name is not null);

    /// <summary>Gets the name of a step that has tensors; an empty one for others.</summary>
    public static string NameOf(Node node) => node switch { LinearNode linear => linear.Name, NormNode norm => norm.Name, _ => string.Empty };

    private static EncoderNames Of(ModelFamily family, string prefix) =>
        new(family, EndsWith(prefix, family.ModelType + ".") ? prefix[..^(family.ModelType.Length + 1)] : prefix);

    private static bool EndsWith(string name, string end) => name == end || name.EndsWith("." + end, StringComparison.Ordinal);

    private static string PartOf(string name) => LayerNames.Split(name, out _, out string part) ? part : string.Empty;

    private static string Sample(string[] names) =>
        names.Length == 0 ? "no tensors" : string.Join(", ", names.Take(3).Select(name => $"'{name}'")) + (names.Length > 3 ? ", ..." : string.Empty);

    private bool IsKnown(string name)
    {
        int end = name.LastIndexOf('.');
        if (end < 0 || name[end..] is not (".weight" or ".bias"))
        {
            return Family.Names.IsIgnorable(name);
        }

        string step = name[..end];
        return _parts.Contains(PartOf(step))
            || step is PackedLayout.WordEmbedding or PackedLayout.PositionEmbedding or "embeddings.LayerNorm" or "pooler.dense"
            || (Family.HasTokenTypes && step == PackedLayout.TypeEmbedding)
            || (Family.HasEmbeddingProjection && step == Steps.EmbeddingProjection)
            || Family.IsOfHead(name);
    }
}
