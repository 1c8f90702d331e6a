namespace QuantGen.Cli.Compilation;

/// <summary>The result of compiling a model.</summary>
/// <param name="Assembly">The bytes of the assembly.</param>
/// <param name="Sources">Name and text of every generated file.</param>
internal sealed record CompiledModel(byte[] Assembly, IReadOnlyList<KeyValuePair<string, string>> Sources);
