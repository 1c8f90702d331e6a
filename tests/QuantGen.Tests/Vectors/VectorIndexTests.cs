using QuantGen.Vectors;

namespace QuantGen.Tests.Vectors;

public sealed class VectorIndexTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(100)]
    [InlineData(384)]
    public void Floats_are_found_in_the_order_of_their_products(int dimensions)
    {
        float[][] vectors = RandomVectors.Make(200, dimensions, seed: 1);
        float[] query = RandomVectors.Make(1, dimensions, seed: 2)[0];
        int[] expected = [.. Enumerable.Range(0, 200).OrderByDescending(i => Product(query, vectors[i])).Take(10)];
        IReadOnlyList<SearchHit> hits = new FloatVectors(vectors).Search(query, 10);
        Assert.Equal(expected.Select(i => Product(query, vectors[i])), hits.Select(hit => (double)hit.Score), (x, y) => Math.Abs(x - y) < 1e-5);
        Assert.All(hits, hit => Assert.Equal(Product(query, vectors[hit.Index]), hit.Score, 1e-5));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(384)]
    public void Scores_of_codes_are_products_with_what_the_codes_stand_for(int dimensions)
    {
        float[][] vectors = RandomVectors.Make(100, dimensions, seed: 3);
        float[] query = RandomVectors.Make(1, dimensions, seed: 4)[0];
        float[] decoded = new float[dimensions];
        sbyte[] codes = new sbyte[dimensions];
        foreach (Int8Calibration calibration in new[] { Int8Calibration.Global(vectors), Int8Calibration.PerDimension(vectors) })
        {
            Assert.All(new Int8Vectors(vectors, calibration).Search(query, 100), hit =>
            {
                calibration.Quantize(vectors[hit.Index], codes);
                calibration.Dequantize(codes, decoded);
                Assert.Equal(Product(query, decoded), hit.Score, 1e-5);
            });
        }

        Assert.All(new Int8Vectors(vectors).Search(query, 100), hit =>
        {
            float step = Int8Calibration.QuantizeAlone(vectors[hit.Index], codes);
            Assert.Equal(Product(query, [.. codes.Select(code => code * step)]), hit.Score, 1e-5);
        });
    }

    [Theory]
    [InlineData(3)]
    [InlineData(64)]
    [InlineData(100)]
    public void Scores_of_signs_are_the_cosines_of_signs(int dimensions)
    {
        float[][] vectors = RandomVectors.Make(50, dimensions, seed: 5);
        float[] query = RandomVectors.Make(1, dimensions, seed: 6)[0];
        Assert.All(new BinaryVectors(vectors).Search(query, 50), hit => Assert.Equal(
            query.Zip(vectors[hit.Index]).Average(pair => (pair.First > 0) == (pair.Second > 0) ? 1.0 : -1.0), hit.Score, 1e-6));
    }

    [Theory]
    [InlineData(VectorFormat.Float)]
    [InlineData(VectorFormat.Int8)]
    [InlineData(VectorFormat.Binary)]
    public void Equal_vectors_keep_their_order_and_a_search_allocates_nothing(VectorFormat format)
    {
        float[] one = RandomVectors.Make(1, 384, seed: 7)[0];
        var index = VectorIndex.Create([one, .. RandomVectors.Make(100, 384, seed: 8), one, one], format);
        var hits = new SearchHit[3];
        Assert.Equal(3, index.Search(one, hits));
        long before = AllocatedBytes.OfThisThread;
        index.Search(one, hits);
        Assert.Equal(before, AllocatedBytes.OfThisThread);
        Assert.Equal([0, 101, 102], hits.Select(hit => hit.Index));
        Assert.Equal(2, VectorIndex.Create([one, one], format).Search(one, hits));
        Assert.Equal(0, index.Search(one, []));
    }

    [Theory]
    [InlineData(16)]
    [InlineData(80)]
    [InlineData(384)]
    public void Products_have_the_same_bits_on_all_lanes(int dimensions)
    {
        float[] query = RandomVectors.Make(1, dimensions, seed: 9)[0];
        float[] row = RandomVectors.Make(1, dimensions, seed: 10)[0];
        sbyte[] codes = new sbyte[dimensions];
        Int8Calibration.QuantizeAlone(row, codes);
        Assert.Equal(Dots.OfFloats<QuantGen.Lanes.LanesScalar>(query, row), Dots.OfFloats(query, row));
        Assert.Equal(Dots.OfCodes<QuantGen.Lanes.LanesScalar>(query, codes), Dots.OfCodes(query, codes));
        Assert.Equal(Dots.OfFloats<QuantGen.Lanes.Lanes128>(query, row), Dots.OfFloats(query, row));
        Assert.Equal(Dots.OfCodes<QuantGen.Lanes.Lanes128>(query, codes), Dots.OfCodes(query, codes));
    }

    [Fact]
    public void What_cannot_be_searched_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new FloatVectors([]));
        Assert.Contains("vector 1 has 2 elements", Assert.Throws<ArgumentException>(() => new FloatVectors([[1], [1, 2]])).Message, StringComparison.Ordinal);
        Assert.Contains("NaN", Assert.Throws<ArgumentException>(() => new BinaryVectors([[float.NaN]])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new FloatVectors([[1, 2]]).Search([1], 1));
        Assert.Throws<ArgumentException>(() => new FloatVectors([[1]]).Search([float.PositiveInfinity], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => VectorIndex.Create([[1]], (VectorFormat)9));
    }

    private static double Product(float[] x, float[] y) => x.Zip(y).Sum(pair => (double)pair.First * pair.Second);
}
