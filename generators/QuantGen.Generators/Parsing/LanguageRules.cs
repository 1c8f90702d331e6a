using Microsoft.CodeAnalysis.CSharp;

namespace QuantGen.Generators.Parsing;

/// <summary>The language version that generated code needs: ref fields and static abstract members came with C# 11.</summary>
internal static class LanguageRules
{
    public static bool IsSupported(LanguageVersion version) => version >= LanguageVersion.CSharp11;

    public static SpecIssue Issue(string className, LanguageVersion version) => new(
        "QG1301", $"Generated code needs C# 11 or later, and '{className}' is compiled as C# {version.ToDisplayString()}; raise LangVersion");
}
