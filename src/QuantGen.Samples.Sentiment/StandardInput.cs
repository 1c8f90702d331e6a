namespace QuantGen.Samples.Sentiment;

/// <summary>Reads sentences from standard input, one per line.</summary>
internal static class StandardInput
{
    public static IEnumerable<string> Lines()
    {
        while (Console.ReadLine() is string line)
        {
            if (line.Length > 0)
            {
                yield return line;
            }
        }
    }
}
