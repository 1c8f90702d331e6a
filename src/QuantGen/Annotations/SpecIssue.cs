namespace QuantGen;

/// <summary>One reason why an attribute, a configuration or a plan does not describe a model.</summary>
/// <param name="Id">The diagnostic's id, such as QG1101.</param>
/// <param name="Message">The thing, the fact with numbers, and what to change.</param>
/// <param name="NearestLegalValue">The nearest value that would be legal, for a code fix; 0 when there is none.</param>
/// <param name="Property">The attribute property concerned, such as <c>Heads</c> or <c>LayerBits[0]</c>; empty when there is none.</param>
public sealed record SpecIssue(string Id, string Message, int NearestLegalValue = 0, string Property = "");
