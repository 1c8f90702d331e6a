using System.Globalization;
using QuantGen.Tokenization;

namespace QuantGen.Probe;

/// <summary>Arguments: a vocab.txt, <c>lower</c> or <c>cased</c>, a file of rows. Writes whether globalization is invariant and how many rows differ.</summary>
internal sealed class TokenizeSharedProbe : IProbe
{
    /// <inheritdoc/>
    public void Run(string[] arguments)
    {
        var options = new TokenizerOptions { LowerCase = arguments[1] == "lower" };
        BertTokenizer tokenizer = BertTokenizer.FromVocabulary(File.ReadAllBytes(arguments[0]), options, arguments[0]);
        (int rows, IReadOnlyList<string> differences) = TokenizerRows.Compare(tokenizer, arguments[2]);

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"invariant={IsInvariant()} rows={rows} different={differences.Count}"));
        foreach (string difference in differences)
        {
            Console.WriteLine(difference);
        }
    }

    /// <summary>Observes invariant globalization instead of trusting the setting: it knows no culture but one.</summary>
    private static bool IsInvariant()
    {
        try
        {
            return CultureInfo.GetCultureInfo("de-DE").NumberFormat.NumberDecimalSeparator != ",";
        }
        catch (CultureNotFoundException)
        {
            return true;
        }
    }
}
