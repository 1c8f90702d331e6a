using System.Globalization;

namespace QuantGen.Specs;

/// <summary>What is said of an illegal width: the thing, the legal widths, the nearest of them.</summary>
internal static class BitRules
{
    /// <summary>Makes the issue.</summary>
    /// <param name="id">The diagnostic's id.</param>
    /// <param name="what">What has the bits, such as <c>Weights</c>.</param>
    /// <param name="with">Under which condition, with a blank before it; or empty.</param>
    /// <param name="bits">The bits.</param>
    /// <param name="legal">The legal bits, at least one.</param>
    /// <param name="property">The attribute's property.</param>
    public static SpecIssue Issue(string id, string what, string with, int bits, IReadOnlyList<int> legal, string property)
    {
        string last = legal[legal.Count - 1].ToString(CultureInfo.InvariantCulture);
        string choices = legal.Count == 1 ? last : $"{string.Join(", ", legal.Take(legal.Count - 1))} or {last}";
        return new SpecIssue(id, $"{what} cannot have {bits} bits{with}; use {choices}", Nearest(bits, legal), property);
    }

    private static int Nearest(int value, IReadOnlyList<int> legal) => legal.OrderBy(l => Math.Abs((long)l - value)).First();
}
