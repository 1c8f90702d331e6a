using System.Globalization;
using QuantGen.Specs;

namespace QuantGen.Cli.Compilation;

/// <summary>A model as a user's project has it: an annotated class and the spec file that it names.</summary>
/// <param name="ClassText">The source file with the class.</param>
/// <param name="SpecName">The name of the spec file.</param>
/// <param name="SpecText">The text of the spec file.</param>
internal sealed record ModelClass(string ClassText, string SpecName, string SpecText)
{
    /// <summary>Writes the class of a model.</summary>
    /// <param name="file">The model.</param>
    /// <param name="target">Names and bounds.</param>
    public static ModelClass Of(SpecFile file, CompilationTarget target)
    {
        string spec = target.ClassName + SpecFile.Extension;
        string training = target.Training ? ", Training = true" : string.Empty;
        string text = string.Create(CultureInfo.InvariantCulture, $"""
            using QuantGen;

            namespace {target.Namespace};

            [QuantizedBert(Spec = "{spec}", MaxSequenceLength = {target.MaxSequenceLength}, MaxBatchTokens = {target.MaxBatchTokens}{training})]
            public sealed partial class {target.ClassName};

            """);
        return new ModelClass(text.Replace("\r\n", "\n"), spec, file.Write());
    }
}
