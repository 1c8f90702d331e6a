namespace QuantGen.Cli.Jobs;

/// <summary>One argument of a command line that a folder keeps.</summary>
/// <param name="Option">The option's name; null for an argument without one.</param>
/// <param name="Value">Its value; null for an option that has none.</param>
/// <param name="IsPath">Whether the value is a path, seen from the folder.</param>
internal sealed record JobArgument(string? Option, string? Value, bool IsPath);
