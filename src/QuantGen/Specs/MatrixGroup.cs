using System.Globalization;
using QuantGen.Graph;

namespace QuantGen.Specs;

/// <summary>Matrices that share all settings, named as briefly as the canonical description does.</summary>
/// <param name="settings">One of them.</param>
/// <param name="patterns">Their names, where layers that follow each other are a range.</param>
internal sealed class MatrixGroup(MatrixSpec settings, IReadOnlyList<string> patterns)
{
    /// <summary>Stands for all matrices.</summary>
    public const string All = "*";

    private const string LayerPrefix = "encoder.layer.";

    /// <summary>Gets one of the matrices; only its settings count.</summary>
    public MatrixSpec Settings { get; } = settings;

    /// <summary>Gets the patterns that match these matrices and no others.</summary>
    public IReadOnlyList<string> Patterns { get; } = patterns;

    /// <summary>Groups matrices, in the order in which settings first appear.</summary>
    /// <param name="matrices">All matrices of a model, in its order.</param>
    public static IReadOnlyList<MatrixGroup> Of(IReadOnlyList<MatrixSpec> matrices)
    {
        var groups = new List<List<MatrixSpec>>();
        foreach (MatrixSpec matrix in matrices)
        {
            int index = 0;
            while (index < groups.Count && !HaveEqualSettings(groups[index][0], matrix))
            {
                index++;
            }

            if (index == groups.Count)
            {
                groups.Add(new List<MatrixSpec>());
            }

            groups[index].Add(matrix);
        }

        return groups.Count == 1
            ? new[] { new MatrixGroup(groups[0][0], new[] { All }) }
            : groups.Select(group => new MatrixGroup(group[0], PatternsOf(group))).ToArray();
    }

    private static bool HaveEqualSettings(MatrixSpec x, MatrixSpec y) =>
        x.Storage == y.Storage && x.Bits == y.Bits && x.GroupCount == y.GroupCount && x.GroupSize == y.GroupSize
        && x.Mapping == y.Mapping && x.GroupBits.Equals(y.GroupBits);

    // A run of layers is written where it starts, as a range exactly when it has two layers or more.
    private static List<string> PatternsOf(List<MatrixSpec> group)
    {
        var names = new HashSet<string>(group.Select(matrix => matrix.Name), StringComparer.Ordinal);
        var patterns = new List<string>();
        foreach (string name in group.Select(matrix => matrix.Name))
        {
            if (!name.StartsWith(LayerPrefix, StringComparison.Ordinal))
            {
                patterns.Add(name);
                continue;
            }

            int dot = name.IndexOf('.', LayerPrefix.Length);
            int first = int.Parse(name.Substring(LayerPrefix.Length, dot - LayerPrefix.Length), CultureInfo.InvariantCulture);
            string part = name.Substring(dot + 1);
            if (names.Contains(LayerNames.Of(first - 1, part)))
            {
                continue;
            }

            int last = first;
            while (names.Contains(LayerNames.Of(last + 1, part)))
            {
                last++;
            }

            patterns.Add(last == first ? name : FormattableString.Invariant($"{LayerPrefix}{first}-{last}.{part}"));
        }

        return patterns;
    }
}
