using System.Xml.Linq;

namespace QuantGen.Cli.Tests.Engines;

/// <summary>Finds what would bring TorchSharp, or the engine that needs it, into builds that were not asked for it.</summary>
internal static class TorchSharpMention
{
    public const string Package = "TorchSharp";
    public const string Engine = "QuantGen.TorchSharp";

    private const string Switch = "'$(QuantGenTorchSharp)' == 'true'";
    private static readonly string[] s_words = [Package, "libtorch"];
    private static readonly string[] s_ownFolders = [Path.Combine("src", Engine), Path.Combine("tests", Engine + ".Tests")];
    private static readonly string[] s_projectFiles = [".csproj", ".props", ".targets", ".slnx"];
    private static readonly string[] s_otherFiles = [".sln", ".slnf", ".config", ".rsp", "global.json"];

    /// <summary>Lists the build's files below a folder, but for those of the engine, of what it is built into and of other tools.</summary>
    public static IEnumerable<string> BuildFiles(string root) => Directory
        .EnumerateFiles(root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden })
        .Where(file => s_projectFiles.Concat(s_otherFiles).Any(end => file.EndsWith(end, StringComparison.OrdinalIgnoreCase)))
        .Where(
            file => !Path.GetRelativePath(root, file).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "artifacts" or "node_modules"))
        .Where(
            file => !s_ownFolders.Any(folder => Path.GetRelativePath(root, file).StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)));

    /// <summary>Lists the offences of a file; a legal one has none.</summary>
    public static IEnumerable<string> Offences(string file) => s_projectFiles.Any(end => file.EndsWith(end, StringComparison.OrdinalIgnoreCase))
        ? Offences(XDocument.Load(file))
        : File.ReadLines(file).Where(Mentions);

    /// <summary>Lists the offences of a project: mentions without the switch's condition, and packages under any condition.</summary>
    public static IEnumerable<string> Offences(XDocument project)
    {
        foreach (XElement element in project.Descendants())
        {
            bool mentions = element.Attributes().Where(attribute => attribute.Name != "Condition").Any(attribute => Mentions(attribute.Value))
                || element.Nodes().OfType<XText>().Any(text => Mentions(text.Value));

            // Who may see internals refers to nothing.
            if (mentions && element.Name.LocalName != "InternalsVisibleTo"
                && !(IsSwitched(element) && element.Attributes("Include").All(include => IsProject(include.Value))))
            {
                yield return element.ToString();
            }
        }
    }

    private static bool Mentions(string text) => s_words.Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static bool IsSwitched(XElement element) => element.AncestorsAndSelf().Any(part => (string?)part.Attribute("Condition") == Switch);

    private static bool IsProject(string include) => !Mentions(include)
        || include.EndsWith($"{Engine}.csproj", StringComparison.Ordinal) || include.EndsWith($"{Engine}.Tests.csproj", StringComparison.Ordinal)
        || include == "@(_TorchSharpProject)";
}
