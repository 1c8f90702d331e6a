namespace QuantGen.Cli.Inspecting;

/// <summary>A tensor as a listing shows it.</summary>
/// <param name="Name">Canonical name.</param>
/// <param name="Type">What an element is: a file's type, or the bits of a code.</param>
/// <param name="Shape">Dimensions, outermost first.</param>
/// <param name="Bytes">Bytes in the file.</param>
internal sealed record TensorRow(string Name, string Type, IReadOnlyList<long> Shape, long Bytes);
