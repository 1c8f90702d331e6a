using System.Globalization;
using QuantGen.Graph;
using QuantGen.Json;

namespace QuantGen.Specs;

/// <summary>The JSON form of an ensemble: what each member's vote weighs. Members are models of one description, and as many as there are votes.</summary>
public static class EnsembleJson
{
    /// <summary>The most members.</summary>
    public const int MaxMembers = 16;

    /// <summary>Writes the votes on one line.</summary>
    /// <param name="votes">A positive number for each member, in their order.</param>
    public static string Write(IEnumerable<double> votes) =>
        $"{{\"votes\":[{string.Join(",", votes.Select(vote => vote.ToString("R", CultureInfo.InvariantCulture)))}]}}";

    /// <summary>Reads the votes.</summary>
    /// <param name="json">The text.</param>
    /// <param name="spec">The model of every member.</param>
    /// <exception cref="FormatException">The text is no ensemble, or the model has another head than members can have.</exception>
    public static EquatableArray<double> Read(string json, ModelSpec spec) => Read(JsonText.Parse(json), spec);

    internal static EquatableArray<double> Read(object? value, ModelSpec spec)
    {
        if (spec.Head is not (BertHead.SequenceClassification or BertHead.Regression))
        {
            throw new FormatException($"expected no ensemble beside the head {SpecNames.Of(spec.Head)}");
        }

        return value is Dictionary<string, object?> { Count: 1 } root && root.TryGetValue("votes", out object? list)
            && list is List<object?> { Count: > 1 and <= MaxMembers } votes
            && votes.All(vote => vote is double number && number > 0 && !double.IsInfinity(number))
            ? new EquatableArray<double>(votes.Cast<double>())
            : throw new FormatException(FormattableString.Invariant($"expected 'votes', 2 to {MaxMembers} positive numbers"));
    }
}
