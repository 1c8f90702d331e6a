namespace QuantGen.Tasks;

/// <summary>Computes precision, recall and F1 of entities, as the strict mode of seqeval defines them: an entity is right when its words and its kind
/// are.</summary>
/// <remarks>
/// <para>
/// Which tags make an entity depends on the scheme that the true tags are written in. Where they have E- or S- (or L- or U-), an entity is B-, any I- and
/// E-, or
/// S- alone. Where no I- begins one (IOB2), it is B- and the I- of its kind that follow, and an I- without a B- is none. Otherwise (IOB1, or tags without
/// places)
/// it is a run of one kind that a B- ends.
/// </para>
/// <para>Counts are summed over all kinds (micro average).</para>
/// </remarks>
public static class EntityMetrics
{
    private enum Scheme
    {
        Runs,
        Begins,
        Ends,
    }

    /// <summary>Compares predicted tags with true ones.</summary>
    /// <param name="predictions">The tags of the words of each sentence, such as B-PER and O.</param>
    /// <param name="labels">The true tags, as many.</param>
    /// <exception cref="ArgumentException">There are no sentences, or the lengths differ.</exception>
    public static EntityScore Score(IReadOnlyList<IReadOnlyList<string>> predictions, IReadOnlyList<IReadOnlyList<string>> labels)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Count == 0 || predictions.Count != labels.Count || predictions.Zip(labels).Any(pair => pair.First.Count != pair.Second.Count))
        {
            throw new ArgumentException("Each word needs a predicted and a true tag, and there must be a sentence.", nameof(predictions));
        }

        Scheme scheme = SchemeOf(labels);
        (int right, int found, int wanted) = (0, 0, 0);
        for (int i = 0; i < labels.Count; i++)
        {
            HashSet<(int, int, string)> truth = [.. Entities(labels[i], scheme)];
            HashSet<(int, int, string)> claims = [.. Entities(predictions[i], scheme)];
            wanted += truth.Count;
            found += claims.Count;
            truth.IntersectWith(claims);
            right += truth.Count;
        }

        return new EntityScore(right, found, wanted);
    }

    private static Scheme SchemeOf(IReadOnlyList<IReadOnlyList<string>> labels)
    {
        bool isBegun = false;
        bool beginsInside = false;
        foreach (IReadOnlyList<string> sentence in labels)
        {
            var last = new EntityTag('O', string.Empty);
            foreach (EntityTag tag in sentence.Select(EntityTag.Parse))
            {
                if (tag.Ends)
                {
                    return Scheme.Ends;
                }

                isBegun |= tag.Begins;
                beginsInside |= tag.Place == 'I' && tag.Kind != last.Kind;
                last = tag;
            }
        }

        return isBegun && !beginsInside ? Scheme.Begins : Scheme.Runs;
    }

    private static IEnumerable<(int First, int End, string Kind)> Entities(IReadOnlyList<string> sentence, Scheme scheme)
    {
        EntityTag[] tags = [.. sentence.Select(EntityTag.Parse)];
        for (int first = 0; first < tags.Length;)
        {
            int end = first + 1;
            if (tags[first].IsOutside || (scheme != Scheme.Runs && !tags[first].Begins))
            {
                first = end;
                continue;
            }

            while (end < tags.Length && !tags[end].IsOutside && !tags[end].Begins && !tags[end - 1].Ends && tags[end].Kind == tags[first].Kind)
            {
                end++;
            }

            if (scheme != Scheme.Ends || tags[end - 1].Ends)
            {
                yield return (first, end, tags[first].Kind);
            }

            first = end;
        }
    }
}
