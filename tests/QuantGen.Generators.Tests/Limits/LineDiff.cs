namespace QuantGen.Generators.Tests.Limits;

/// <summary>Counts what a reviewer has to read of a change.</summary>
internal static class LineDiff
{
    /// <summary>Counts changed lines by a longest common subsequence; of a run that was replaced by another the longer counts, so that a modified line counts
    /// once.</summary>
    /// <param name="old">A text.</param>
    /// <param name="now">The text it became.</param>
    public static int Count(string old, string now)
    {
        string[] a = old.Split('\n');
        string[] b = now.Split('\n');
        int[,] common = Common(a, b);
        (int i, int j, int removed, int added, int count) = (0, 0, 0, 0, 0);
        while (i < a.Length || j < b.Length)
        {
            if (i < a.Length && j < b.Length && a[i] == b[j])
            {
                count += Math.Max(removed, added);
                (removed, added) = (0, 0);
                i++;
                j++;
            }
            else if (j == b.Length || (i < a.Length && common[i + 1, j] >= common[i, j + 1]))
            {
                removed++;
                i++;
            }
            else
            {
                added++;
                j++;
            }
        }

        return count + Math.Max(removed, added);
    }

    // For every two ends of the texts the most lines that they share in order.
    private static int[,] Common(string[] a, string[] b)
    {
        int[,] common = new int[a.Length + 1, b.Length + 1];
        for (int i = a.Length - 1; i >= 0; i--)
        {
            for (int j = b.Length - 1; j >= 0; j--)
            {
                common[i, j] = a[i] == b[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        return common;
    }
}
