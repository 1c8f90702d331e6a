using System.Text;

namespace QuantGen.Cli.Exporting;

/// <summary>What the C files are for.</summary>
/// <param name="Name">What files, functions and constants begin with: lower case, words joined by underscores.</param>
/// <param name="MaxTokens">The longest sequence.</param>
/// <param name="ModelName">What the header says it was made of.</param>
internal sealed record CTarget(string Name, int MaxTokens, string ModelName)
{
    /// <summary>Gets what constants begin with.</summary>
    public string Prefix => Name.ToUpperInvariant();

    /// <summary>Makes the name of a class: <c>ReviewSentiment</c> is <c>review_sentiment</c>.</summary>
    /// <param name="className">An identifier of ASCII letters, digits and underscores.</param>
    public static string NameOf(string className)
    {
        var name = new StringBuilder();
        for (int i = 0; i < className.Length; i++)
        {
            if (i > 0 && char.IsAsciiLetterUpper(className[i]) && (char.IsAsciiLetterLower(className[i - 1]) || char.IsAsciiDigit(className[i - 1])))
            {
                name.Append('_');
            }

            name.Append(char.ToLowerInvariant(className[i]));
        }

        return name.ToString();
    }
}
