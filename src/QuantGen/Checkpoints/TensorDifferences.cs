namespace QuantGen.Checkpoints;

/// <summary>Collects what distinguishes the tensors of a file from those of a model, to report all of it at once.</summary>
internal sealed class TensorDifferences
{
    private const int Shown = 10;
    private readonly Listing _missing = new("missing");
    private readonly Listing _unexpected = new("unexpected");
    private readonly Listing _mismatched = new("mis-shaped");

    public void AddMissing(string name) => _missing.Add(name);

    public void AddUnexpected(string name) => _unexpected.Add(name);

    public void AddMismatch(string name, string found, string expected) => _mismatched.Add($"{name} {found} instead of {expected}");

    /// <summary>Throws one exception that lists the first names of each kind.</summary>
    public void ThrowIfAny(string file, int expectedCount)
    {
        Listing[] found = [.. new[] { _missing, _unexpected, _mismatched }.Where(listing => listing.Count > 0)];
        if (found.Length > 0)
        {
            throw new ModelFormatException(
                file, "tensors", $"exactly the {expectedCount} tensors of the model", string.Join("; ", found.Select(listing => listing.ToString())));
        }
    }

    private sealed class Listing(string kind)
    {
        private readonly List<string> _first = [];

        public int Count { get; private set; }

        public void Add(string item)
        {
            if (Count++ < Shown)
            {
                _first.Add(item);
            }
        }

        public override string ToString() => $"{Count} {kind}: {string.Join(", ", _first)}{(Count > Shown ? ", ..." : "")}";
    }
}
