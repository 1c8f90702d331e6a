namespace QuantGen.Cli.Compilation;

/// <summary>What the class of a compiled model is called and which bounds its memory plan has.</summary>
/// <param name="Namespace">The class's namespace.</param>
/// <param name="ClassName">The class's name.</param>
/// <param name="MaxSequenceLength">Longest sequence in tokens.</param>
/// <param name="MaxBatchTokens">Most tokens of one pass.</param>
/// <param name="Training">Whether code for training is made, too.</param>
internal sealed record CompilationTarget(string Namespace, string ClassName, int MaxSequenceLength, int MaxBatchTokens, bool Training = false)
{
    public static int DefaultBatchTokens { get; } = new Specs.SpecOptions().MaxBatchTokens;

    /// <summary>Gets the full name of the class.</summary>
    public string FullName => Namespace + "." + ClassName;

    /// <summary>Gets the full name of the generated class that runs the model.</summary>
    public string ProgramName => $"{Namespace}.QuantGenerated.{ClassName}Program";
}
