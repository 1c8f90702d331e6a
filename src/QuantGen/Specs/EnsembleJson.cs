using System.Globalization;
using QuantGen.Graph;
using QuantGen.Json;

namespace QuantGen.Specs;

/// <summary>
/// The JSON form of an ensemble: what each member's vote weighs, and how many layers are the first member's for all, where there are some. Members are models
/// of one description, and as many as there are votes.
/// </summary>
public static class EnsembleJson
{
    /// <summary>The most members.</summary>
    public const int MaxMembers = 16;

    private const string Votes = "votes";
    private const string SharedLayers = "shared_layers";

    /// <summary>Writes an ensemble on one line.</summary>
    /// <param name="ensemble">The ensemble.</param>
    public static string Write(EnsembleSpec ensemble)
    {
        string votes = string.Join(",", ensemble.Votes.Select(vote => vote.ToString("R", CultureInfo.InvariantCulture)));
        string shared = ensemble.SharedLayers == 0 ? string.Empty : FormattableString.Invariant($",\"{SharedLayers}\":{ensemble.SharedLayers}");
        return $"{{\"{Votes}\":[{votes}]{shared}}}";
    }

    /// <summary>Reads an ensemble.</summary>
    /// <param name="json">The text.</param>
    /// <param name="spec">The model of every member.</param>
    /// <exception cref="FormatException">The text is no ensemble, or the model has another head, or other layers, than members can have.</exception>
    public static EnsembleSpec Read(string json, ModelSpec spec) => Read(JsonText.Parse(json), spec);

    internal static EnsembleSpec Read(object? value, ModelSpec spec)
    {
        if (spec.Head is not (BertHead.SequenceClassification or BertHead.Regression))
        {
            throw new FormatException($"expected no ensemble beside the head {SpecNames.Of(spec.Head)}");
        }

        if (value is not Dictionary<string, object?> root || !root.TryGetValue(Votes, out object? list) || list is not List<object?> votes
            || votes.Count is < 2 or > MaxMembers || !votes.All(vote => vote is double number && number > 0 && !double.IsInfinity(number)))
        {
            throw new FormatException(FormattableString.Invariant($"expected '{Votes}', 2 to {MaxMembers} positive numbers"));
        }

        return new EnsembleSpec(new EquatableArray<double>(votes.Cast<double>()), ReadShared(root, spec));
    }

    private static int ReadShared(Dictionary<string, object?> root, ModelSpec spec)
    {
        bool isSaid = root.TryGetValue(SharedLayers, out object? value);
        if (root.Count != (isSaid ? 2 : 1) || (isSaid && (value is not double number || number < 1 || number > spec.Graph.Depth || number != (int)number)))
        {
            throw new FormatException($"expected nothing but '{Votes}', and '{SharedLayers}' where there are some");
        }

        int shared = isSaid ? (int)(double)value! : 0;
        return EnsembleSpec.Defect(spec, shared) is string defect ? throw new FormatException(defect) : shared;
    }
}
