namespace QuantGen.IntegrationTests.Reference;

/// <summary>Rounds values to codes, and in turn those either way that lie so close to a border that floats may see them on its other side.</summary>
/// <remarks>
/// A single code on the other side moves the results of a coarse model by percents, so no tolerance tells that from a defect. Trying both sides does: one way
/// of rounding must give what the floats gave, and values off the borders have no choice.
/// </remarks>
internal sealed class CodeBorders
{
    // Of a code: sums, exponentials and factors of floats have errors of some 1e-6 of values that are at most 255 codes.
    private const float Width = 1e-4f;
    private readonly List<bool> _turned = [];
    private int _met;

    /// <summary>Begins a pass.</summary>
    public void Begin() => _met = 0;

    /// <summary>Rounds a value to the nearest code, or where this pass turns it to the code behind the border.</summary>
    public int Round(float scaled)
    {
        float nearest = MathF.Round(scaled);
        float beyond = scaled - nearest;
        if (MathF.Abs(beyond) < 0.5f - Width)
        {
            return (int)nearest;
        }

        if (_met == _turned.Count)
        {
            _turned.Add(false);
        }

        return (int)nearest + (_turned[_met++] ? MathF.Sign(beyond) : 0);
    }

    /// <summary>Prepares a pass that rounds otherwise than all before; false when there is none.</summary>
    public bool Turn()
    {
        // Behind one that turns, other values are met than before.
        int last = _turned.FindLastIndex(turned => !turned);
        _turned.RemoveRange(last + 1, _turned.Count - last - 1);
        if (last < 0)
        {
            return false;
        }

        _turned[last] = true;
        return true;
    }
}
