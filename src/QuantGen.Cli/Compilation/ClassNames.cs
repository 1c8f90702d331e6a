using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace QuantGen.Cli.Compilation;

/// <summary>Names of classes for models that have only a file name.</summary>
internal static class ClassNames
{
    private const string PackedExtension = ".qg.safetensors";

    /// <summary>Makes an identifier of a path's last part: <c>models/sst2-albert</c> is <c>Sst2Albert</c>.</summary>
    public static string FromPath(string path)
    {
        string last = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        last = last.EndsWith(PackedExtension, StringComparison.OrdinalIgnoreCase) ? last[..^PackedExtension.Length] : last.Split('.')[0];
        var name = new StringBuilder();
        bool startsWord = true;
        foreach (char c in last)
        {
            if (!char.IsAsciiLetterOrDigit(c))
            {
                startsWord = true;
                continue;
            }

            name.Append(startsWord ? char.ToUpperInvariant(c) : c);
            startsWord = false;
        }

        return name.Length > 0 && char.IsAsciiLetter(name[0]) ? name.ToString() : "Bert" + name;
    }

    /// <summary>Says whether a text is a C# name that needs no escape.</summary>
    public static bool IsIdentifier(string text) => SyntaxFacts.IsValidIdentifier(text) && SyntaxFacts.GetKeywordKind(text) == SyntaxKind.None;
}
