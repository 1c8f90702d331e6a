namespace QuantGen.Cli.Data;

/// <summary>How examples are cut and grouped.</summary>
/// <param name="MaxLength">Tokens of a text or window, special ones included; null for what the task is used to.</param>
/// <param name="Batch">Examples that are computed at once; null for what the task is used to.</param>
/// <param name="Parts">How many such batches a step has.</param>
/// <param name="Seed">What their order depends on.</param>
/// <param name="Threads">The most threads that measure.</param>
internal sealed record ExampleSettings(int? MaxLength, int? Batch, int Parts, ulong Seed, int Threads);
