namespace QuantGen.Training.Data;

/// <summary>Reads labels as indexes of classes.</summary>
internal static class ClassLabels
{
    /// <summary>Returns the class of every row.</summary>
    /// <exception cref="DataFormatException">A label is no class.</exception>
    public static int[] Of(TsvDataset data, int classCount, string file)
    {
        int[] classes = new int[data.Rows.Count];
        for (int row = 0; row < classes.Length; row++)
        {
            double value = data.Rows[row].LabelValue;
            if (value != Math.Floor(value) || value < 0 || value >= classCount)
            {
                // The header is line 1.
                throw new DataFormatException(
                    file, row + 2, FormattableString.Invariant($"a label from 0 to {classCount - 1}, the classes of this model"), $"'{data.Rows[row].Label}'");
            }

            classes[row] = (int)value;
        }

        return classes;
    }
}
