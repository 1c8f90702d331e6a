namespace QuantGen.Architectures;

/// <summary>Renamings between a family's checkpoints and the canonical names, which are BERT's. Names that no rule knows stay as they are.</summary>
/// <param name="prefix">What base tensors begin with in checkpoints of models with a head.</param>
/// <param name="rules">Beginnings of names in checkpoints and what they are canonically; <c>#</c> stands for a number. The first that fits counts.</param>
/// <param name="ignorable">Beginnings of canonical names that a model may leave unused: buffers without weights, heads of pre-training.</param>
internal sealed class TensorNames(string prefix, IReadOnlyList<(string Source, string Canonical)> rules, params string[] ignorable)
{
    private static readonly (string Old, string New)[] s_endings = { ("LayerNorm.gamma", "LayerNorm.weight"), ("LayerNorm.beta", "LayerNorm.bias") };

    // Parts of the model without a head; in a checkpoint with one they stand under the prefix.
    private static readonly string[] s_base = { "embeddings.", "encoder.", "pooler." };

    /// <summary>Gets the canonical name of a checkpoint's tensor.</summary>
    /// <param name="source">The checkpoint's name.</param>
    public string Canonical(string source)
    {
        string name = source.StartsWith(prefix, StringComparison.Ordinal) ? source.Substring(prefix.Length) : source;
        foreach ((string old, string current) in s_endings)
        {
            if (name.EndsWith(old, StringComparison.Ordinal))
            {
                name = name.Substring(0, name.Length - old.Length) + current;
            }
        }

        foreach ((string from, string to) in rules)
        {
            if (Replace(name, from, to) is string renamed)
            {
                return renamed;
            }
        }

        return name;
    }

    /// <summary>Gets the name that Hugging Face's class gives a tensor: the reverse of <see cref="Canonical"/>.</summary>
    /// <param name="canonical">A canonical name.</param>
    /// <param name="hasHead">Whether the class has a head, which puts the rest one level down.</param>
    public string Source(string canonical, bool hasHead)
    {
        string name = canonical;
        foreach ((string from, string to) in rules)
        {
            if (Replace(canonical, to, from) is string renamed)
            {
                name = renamed;
                break;
            }
        }

        return hasHead && s_base.Any(part => canonical.StartsWith(part, StringComparison.Ordinal)) ? prefix + name : name;
    }

    /// <summary>Gets whether a model may leave a tensor unused without anyone being misled.</summary>
    /// <param name="canonical">A canonical name.</param>
    public bool IsIgnorable(string canonical) => ignorable.Any(start => canonical.StartsWith(start, StringComparison.Ordinal));

    // Replaces a beginning; the number that stands for '#' goes with it.
    private static string? Replace(string name, string from, string to)
    {
        int mark = from.IndexOf('#');
        if (mark < 0)
        {
            return name.StartsWith(from, StringComparison.Ordinal) ? to + name.Substring(from.Length) : null;
        }

        if (string.CompareOrdinal(name, 0, from, 0, mark) != 0)
        {
            return null;
        }

        int end = mark;
        while (end < name.Length && name[end] is >= '0' and <= '9')
        {
            end++;
        }

        string rest = from.Substring(mark + 1);
        return end > mark && string.CompareOrdinal(name, end, rest, 0, rest.Length) == 0
            ? to.Replace("#", name.Substring(mark, end - mark)) + name.Substring(end + rest.Length)
            : null;
    }
}
