namespace QuantGen.Cli.Reporting;

/// <summary>What a member of an ensemble is worth.</summary>
/// <param name="WeightedError">The weights of the training examples that it gets wrong.</param>
/// <param name="Vote">What its vote weighs.</param>
/// <param name="Value">The metric on evaluation data; null without any.</param>
/// <param name="Test">The metric on test data; null without any.</param>
internal sealed record MemberRow(double WeightedError, double Vote, double? Value, double? Test);
