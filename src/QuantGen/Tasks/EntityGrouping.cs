namespace QuantGen.Tasks;

/// <summary>Joins tagged tokens to entities.</summary>
internal static class EntityGrouping
{
    /// <summary>Groups tokens.</summary>
    /// <param name="tokens">The tokens in text order.</param>
    /// <param name="text">The text.</param>
    /// <param name="labels">The tags in the order of the probabilities.</param>
    /// <param name="aggregation">How.</param>
    public static IReadOnlyList<Entity> Group(IReadOnlyList<TokenScores> tokens, string text, IReadOnlyList<string> labels, EntityAggregation aggregation)
    {
        List<Tagged> units = aggregation is EntityAggregation.None or EntityAggregation.Simple
            ? [.. tokens.Select(token => Best([token], token.Probabilities, labels))]
            : Words(tokens, labels, aggregation);
        var entities = new List<Entity>();
        for (int first = 0; first < units.Count;)
        {
            EntityTag tag = EntityTag.Parse(units[first].Label);
            int next = first + 1;
            while (aggregation != EntityAggregation.None && next < units.Count && Joins(EntityTag.Parse(units[next - 1].Label), units[next].Label))
            {
                next++;
            }

            if (!tag.IsOutside)
            {
                (int start, int end) = (units[first].Start, units[next - 1].End);
                string label = aggregation == EntityAggregation.None ? units[first].Label : tag.Kind;
                entities.Add(new Entity(text[start..end], start, end, label, units[first..next].Average(unit => unit.Score)));
            }

            first = next;
        }

        return entities;
    }

    private static bool Joins(EntityTag last, string label)
    {
        EntityTag tag = EntityTag.Parse(label);
        return tag.Kind == last.Kind && tag.IsOutside == last.IsOutside && !tag.Begins && !last.Ends;
    }

    private static List<Tagged> Words(IReadOnlyList<TokenScores> tokens, IReadOnlyList<string> labels, EntityAggregation aggregation)
    {
        var words = new List<Tagged>();
        for (int first = 0; first < tokens.Count;)
        {
            int next = first + 1;
            while (next < tokens.Count && tokens[next].Continues)
            {
                next++;
            }

            TokenScores[] pieces = [.. Enumerable.Range(first, next - first).Select(i => tokens[i])];
            words.Add(Best(pieces, aggregation switch
            {
                EntityAggregation.First => pieces[0].Probabilities,
                EntityAggregation.Max => pieces.MaxBy(piece => piece.Probabilities.Max()).Probabilities,
                _ => Mean(pieces),
            }, labels));
            first = next;
        }

        return words;
    }

    private static float[] Mean(TokenScores[] pieces) =>
        [.. Enumerable.Range(0, pieces[0].Probabilities.Length).Select(i => pieces.Average(piece => piece.Probabilities[i]))];

    private static Tagged Best(TokenScores[] pieces, float[] probabilities, IReadOnlyList<string> labels)
    {
        int best = ClassificationMetrics.ArgMax(probabilities);
        return new Tagged(pieces[0].Start, pieces[^1].End, labels[best], probabilities[best]);
    }

    // A token or a word with the tag it was given.
    private readonly record struct Tagged(int Start, int End, string Label, float Score);
}
