namespace QuantGen.Tests.Vectors;

/// <summary>Vectors of length 1, the same for the same seed.</summary>
internal static class RandomVectors
{
    public static float[][] Make(int count, int dimensions, int seed)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable.Range(0, count).Select(_ =>
            {
                float[] vector = [.. Enumerable.Range(0, dimensions).Select(_ => random.NextSingle() - 0.5f)];
                QuantGen.Vectors.VectorCodes.Normalize(vector);
                return vector;
            }),
        ];
    }
}
