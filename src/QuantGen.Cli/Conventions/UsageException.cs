namespace QuantGen.Cli.Conventions;

/// <summary>Reports that the command line asks for something that cannot be, whatever the files hold.</summary>
internal sealed class UsageException(string message) : Exception(message);
