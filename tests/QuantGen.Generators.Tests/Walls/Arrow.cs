namespace QuantGen.Generators.Tests.Walls;

/// <summary>A use of one room by another.</summary>
/// <param name="From">The room that uses.</param>
/// <param name="To">The room that is used.</param>
/// <param name="File">The file that does it.</param>
/// <param name="Reason">The using or name by which it does.</param>
internal sealed record Arrow(string From, string To, string File, string Reason)
{
    public override string ToString() => $"{From} -> {To}: {File} ({Reason})";
}
