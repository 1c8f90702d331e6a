using System.Globalization;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Trainable;

/// <summary>Parts of a model that training leaves as they are: what stands before the layers, layers, a pooler, and what else stands behind the
/// layers.</summary>
/// <remarks>
/// A masked language model multiplies by its word embedding once more at the end: those weights belong to the embeddings, its summands to the head.
/// </remarks>
public sealed class FrozenParts
{
    private const string Embeddings = "embeddings";
    private const string Pooler = "pooler";
    private const string Head = "head";

    private readonly ModelSpec _spec;
    private readonly SortedSet<int> _layers = [];
    private readonly HashSet<string> _others = new(StringComparer.Ordinal);

    private FrozenParts(ModelSpec spec) => _spec = spec;

    private int Depth => _spec.Dimensions.Layers;

    private IEnumerable<string> Names => _spec.Graph.Head.Select(Name).Where(name => name.Length > 0);

    /// <summary>Reads a list: <c>embeddings</c>, layers from 0 on such as <c>2</c>, ranges of them such as <c>0-3</c>, <c>pooler</c> and <c>head</c> (all
    /// behind the last layer but the pooler), joined by commas, each once.</summary>
    /// <param name="text">The list.</param>
    /// <param name="spec">The model.</param>
    /// <exception cref="FormatException">It is no such list, names what the model does not have, one of several layers that share their weights, or
    /// everything.</exception>
    public static FrozenParts Parse(string text, ModelSpec spec)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(spec);
        var parts = new FrozenParts(spec);
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!(part is Embeddings or Pooler or Head ? parts._others.Add(part) : parts.AddLayers(part)))
            {
                throw new FormatException($"'{part}' repeats what stands before it");
            }
        }

        parts.Check();
        return parts;
    }

    /// <summary>Freezes the parts of a model.</summary>
    /// <param name="model">The model, of the description that the parts were read for, or a copy of it with other codes.</param>
    /// <exception cref="ArgumentException">A part has thresholds, ranges or centroids that its quantizer learns: they would stay as they begin. The message
    /// names the first, and nothing is frozen.</exception>
    public void Freeze(ITrainableModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Parameter[] frozen = [.. model.Parameters.Where(parameter => Contains(parameter.Name))];
        if (frozen.FirstOrDefault(IsLearnedScale) is Parameter scale)
        {
            throw new ArgumentException($"'{scale.Name}' would stay as it begins, and is to be learnt", nameof(model));
        }

        foreach (Parameter parameter in frozen)
        {
            parameter.IsFrozen = true;
        }
    }

    /// <summary>Says whether a parameter belongs to the parts.</summary>
    /// <param name="parameter">Its canonical name.</param>
    public bool Contains(string parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return LayerNames.Split(parameter, out int layer, out _) ? _layers.Contains(layer)
            : _others.Contains(PackedLayout.IsShared(_spec, parameter) ? Embeddings : IsPooler(parameter) ? Pooler : Head);
    }

    /// <summary>Returns the list in one spelling: embeddings, layers as ranges, pooler, head.</summary>
    public override string ToString()
    {
        IEnumerable<string> runs = _layers.Where(first => !_layers.Contains(first - 1)).Select(first =>
        {
            int last = first;
            while (_layers.Contains(last + 1))
            {
                last++;
            }

            return Range(first, last);
        });
        return string.Join(',', new[] { Embeddings }.Where(_others.Contains).Concat(runs).Concat(new[] { Pooler, Head }.Where(_others.Contains)));
    }

    private static string Range(int first, int last) =>
        first == last ? first.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{first}-{last}");

    private static bool IsLearnedScale(Parameter parameter) => parameter.IsTrained && parameter.Kind
        is ParameterKind.WeightScale or ParameterKind.ActivationScale or ParameterKind.ActivationShift or ParameterKind.Centroids;

    private static string Name(Node node) => node switch
    {
        LinearNode linear => linear.Name,
        NormNode norm => norm.Name,
        DecoderNode decoder => decoder.Bias,
        _ => string.Empty,
    };

    private static bool IsPooler(string name) => name.StartsWith(Pooler + ".", StringComparison.Ordinal);

    private bool AddLayers(string part)
    {
        string[] ends = part.Split('-');
        int[] numbers = [.. ends.Select(end => int.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1)];
        if (ends.Length > 2 || numbers.Contains(-1))
        {
            throw new FormatException($"'{part}' is no part; {Embeddings}, layers such as 2 or 0-3, {Pooler} and {Head} are, joined by commas");
        }

        (int first, int last) = (numbers[0], numbers[^1]);
        if (last < first)
        {
            throw new FormatException($"'{part}' ends before it begins");
        }

        if (last >= Depth)
        {
            throw new FormatException(FormattableString.Invariant($"there is no layer {last}: this model has {Range(0, Depth - 1)}"));
        }

        return Enumerable.Range(first, last - first + 1).All(_layers.Add);
    }

    private void Check()
    {
        if (_others.Contains(Pooler) && !Names.Any(IsPooler))
        {
            throw new FormatException($"this model has no {Pooler}");
        }

        if (_others.Contains(Head) && Names.All(IsPooler))
        {
            throw new FormatException($"this model has no {Head}");
        }

        if (_spec.Graph.IsShared && _layers.Count is not 0 && _layers.Count != Depth)
        {
            throw new FormatException($"the layers of this model share their weights; freeze all of {Range(0, Depth - 1)}, or none");
        }

        if (_others.Contains(Embeddings) && _layers.Count == Depth && Names.All(Contains))
        {
            throw new FormatException("nothing would be left to learn");
        }
    }
}
