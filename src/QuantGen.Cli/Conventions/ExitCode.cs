namespace QuantGen.Cli.Conventions;

/// <summary>What the process returns.</summary>
internal static class ExitCode
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int Misuse = 2;

    // 128 + SIGINT, as shells report it.
    public const int Interrupted = 130;
}
