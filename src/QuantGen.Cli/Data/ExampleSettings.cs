namespace QuantGen.Cli.Data;

/// <summary>How examples are cut and grouped.</summary>
/// <param name="MaxLength">Tokens of a text or window, special ones included; null for what the task is used to.</param>
/// <param name="Batch">Examples of a step; null for what the task is used to.</param>
/// <param name="Seed">What their order depends on.</param>
/// <param name="Threads">The most threads that measure.</param>
internal sealed record ExampleSettings(int? MaxLength, int? Batch, ulong Seed, int Threads);
