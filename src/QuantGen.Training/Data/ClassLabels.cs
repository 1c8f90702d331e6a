using System.Globalization;

namespace QuantGen.Training.Data;

/// <summary>Reads labels as classes of a model.</summary>
/// <remarks>
/// A label is the index of its class. Where labels are whole numbers of which some are negative, as -1 and 1 are, they are names: those of the model's labels,
/// or, where the model has other names for as many classes, these in ascending order. Words are names of the model's labels.
/// </remarks>
public static class ClassLabels
{
    private const int MostTold = 12;

    /// <summary>Returns the class of every row.</summary>
    /// <param name="data">The labelled rows.</param>
    /// <param name="labels">The names of the model's classes.</param>
    /// <param name="file">What messages call the data.</param>
    /// <exception cref="DataFormatException">A label is no class.</exception>
    public static int[] Of(TsvDataset data, IReadOnlyList<string> labels, string file)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(labels);
        IReadOnlyList<string> names = data.HasWords || AreNumbers(labels) ? labels : Names(data);
        int[] classes = new int[data.Rows.Count];
        for (int row = 0; row < classes.Length; row++)
        {
            double value = data.Rows[row].LabelValue;
            int index = names.Count == labels.Count
                ? IndexOf(names, data.HasWords ? data.Rows[row].Label! : NameOf(value))
                : value == Math.Floor(value) && value < labels.Count ? (int)value : -1;
            if (index < 0)
            {
                // The header is line 1.
                string expected = data.HasWords ? $"a label of {string.Join(", ", labels.Take(MostTold))}" : Expected(labels);
                throw new DataFormatException(
                    file, row + 2, $"{expected}, the classes of this model", $"'{data.Rows[row].Label}'");
            }

            classes[row] = index;
        }

        return classes;
    }

    /// <summary>Returns the classes of every row that may have any number of them.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="labels">The names of the model's classes; where the data's are numbers and these are not, they are indexes.</param>
    /// <param name="file">What messages call the data.</param>
    /// <exception cref="DataFormatException">A label is no class.</exception>
    public static int[][] AllOf(TsvDataset data, IReadOnlyList<string> labels, string file)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(labels);
        int Find(string label, int row) => IndexOf(labels, label) is int index and >= 0 ? index
            : int.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < labels.Count ? number
            : throw new DataFormatException(file, row + 2, $"labels of {string.Join(", ", labels.Take(MostTold))}, the classes of this model", $"'{label}'");
        return [.. data.Rows.Select((row, i) => row.Labels!.Select(label => Find(label, i)).Distinct().Order().ToArray())];
    }

    /// <summary>Returns the labels in ascending order where they are names; none where they are indexes or no classes.</summary>
    /// <param name="data">The labelled rows.</param>
    public static IReadOnlyList<string> Names(TsvDataset data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.HasWords || data.HasManyLabels)
        {
            IEnumerable<string> words = data.HasWords ? data.Rows.Select(row => row.Label!) : data.Rows.SelectMany(row => row.Labels!);
            return [.. words.Distinct().Order(StringComparer.Ordinal)];
        }

        double[] values = [.. data.Rows.Select(row => row.LabelValue).Distinct().Order()];
        return values.Length > 0 && values[0] < 0 && values.All(value => value == Math.Floor(value)) ? [.. values.Select(NameOf)] : [];
    }

    private static bool AreNumbers(IReadOnlyList<string> labels) => labels.Any(label => label.StartsWith('-'))
        && labels.All(label => int.TryParse(label, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _));

    private static string NameOf(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Expected(IReadOnlyList<string> labels) =>
        AreNumbers(labels) ? $"a label of {string.Join(", ", labels)}" : FormattableString.Invariant($"a label from 0 to {labels.Count - 1}");

    private static int IndexOf(IReadOnlyList<string> names, string name)
    {
        for (int i = 0; i < names.Count; i++)
        {
            if (names[i] == name)
            {
                return i;
            }
        }

        return -1;
    }
}
