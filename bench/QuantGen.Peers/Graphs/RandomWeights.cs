namespace QuantGen.Peers.Graphs;

/// <summary>Draws weights like those of an initialised BERT: small and uniform, with gains of one. Each is drawn once.</summary>
/// <param name="seed">What is drawn depends on this and on names alone.</param>
/// <param name="spread">The largest magnitude.</param>
internal sealed class RandomWeights(int seed, float spread = 0.05f) : IWeightSource
{
    private readonly Dictionary<string, float[]> _known = [];

    public float[] Get(string name, int count)
    {
        if (!_known.TryGetValue(name, out float[]? values))
        {
            values = Draw(name, count);
            _known.Add(name, values);
        }

        return values;
    }

    private float[] Draw(string name, int count)
    {
        float[] values = new float[count];
        if (name.EndsWith("LayerNorm.weight", StringComparison.Ordinal))
        {
            Array.Fill(values, 1f);
            return values;
        }

        // Xorshift (Marsaglia, 2003), which may not start at zero.
        int state = Hash(name) is int hash and not 0 ? hash : 1;
        for (int i = 0; i < values.Length; i++)
        {
            state ^= state << 13;
            state ^= state >>> 17;
            state ^= state << 5;
            values[i] = spread * (state / 2147483648f);
        }

        return values;
    }

    private int Hash(string name) => name.Aggregate(seed, (value, character) => unchecked((value ^ character) * 16777619));
}
