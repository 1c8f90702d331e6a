using QuantGen.Quantization;

namespace QuantGen.Tests.Quantization;

public sealed class RangeObserverTests
{
    public static TheoryData<string> Kinds => ["min-max", "percentile", "mse"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Order_and_batches_do_not_matter(string kind)
    {
        float[] values = TestValues.Bell(5000, 4, 1.0, outliers: 20);
        values[17] = 300f;
        IRangeObserver whole = Create(kind);
        whole.Observe(values);
        IRangeObserver backwards = Create(kind);
        foreach (float[] chunk in values.Reverse().Chunk(37))
        {
            backwards.Observe(chunk);
        }

        foreach (int bits in (int[])[2, 4, 8])
        {
            Assert.Equal(whole.Range(bits), backwards.Range(bits));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Range_includes_zero(string kind)
    {
        IRangeObserver above = Create(kind);
        above.Observe([2f, 3f]);
        Assert.Equal(0f, above.Range(8).Low);
        IRangeObserver below = Create(kind);
        below.Observe([-2f, -3f]);
        Assert.Equal(0f, below.Range(8).High);
        IRangeObserver zeros = Create(kind);
        zeros.Observe(new float[10]);
        Assert.Equal(new QuantizationRange(0f, 0f), zeros.Range(8));
        Assert.Equal(new QuantizationParameters(QuantizationParameters.SmallestScale, 0), zeros.Range(8).Asymmetric(8));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Refuses_values_that_are_not_finite_and_adds_none_of_them(string kind)
    {
        IRangeObserver observer = Create(kind);
        Assert.Throws<InvalidOperationException>(() => observer.Range(8));
        Assert.Throws<ArgumentException>(() => observer.Observe([1f, float.NaN]));
        Assert.Throws<ArgumentException>(() => observer.Observe([1f, float.PositiveInfinity]));
        observer.Observe([]);
        Assert.Throws<InvalidOperationException>(() => observer.Range(8));
        observer.Observe([-1f, 1f]);
        Assert.InRange(observer.Range(8).High, 0.9f, 1f);
    }

    [Fact]
    public void Eight_bit_codes_follow_from_the_range()
    {
        var observer = new MinMaxObserver();
        observer.Observe([-1.02f, 0.3f]);
        observer.Observe([4.08f]);
        QuantizationParameters parameters = observer.Range(8).Asymmetric(8);
        Assert.Equal(0.02f, parameters.Scale, 1e-6f);
        Assert.Equal(51, parameters.ZeroPoint);
        Assert.Equal(4.08f / 127, observer.Range(8).Symmetric(8).Scale, 1e-6f);
    }

    [Fact]
    public void Percentile_is_off_by_a_bin_at_most()
    {
        float[] values = TestValues.Bell(40_000, 8, 1.0);
        var observer = new PercentileObserver(99.0);
        foreach (float[] chunk in values.Chunk(777))
        {
            observer.Observe(chunk);
        }

        float[] sorted = [.. values.Order()];
        float tolerance = sorted[^1] / 2048;
        Assert.Equal(sorted[200], observer.Range(8).Low, tolerance);
        Assert.Equal(sorted[^200], observer.Range(8).High, tolerance);
    }

    [Fact]
    public void Smallest_error_cuts_outliers_off_and_beats_min_max()
    {
        float[] values = TestValues.Bell(20_000, 6, 1.0);
        values[5] = 60f;
        var mse = new MseObserver();
        mse.Observe(values);
        QuantizationRange range = mse.Range(4);
        Assert.InRange(range.High, 1f, 20f);
        CodeRange codes = CodeRange.For(Mapping.Asymmetric, 4);
        double found = TestValues.MeanSquaredError(values, range.Asymmetric(4), codes);
        double full = TestValues.MeanSquaredError(values, QuantizationParameters.Asymmetric(values.Min(), 60f, 4), codes);
        Assert.True(found < full);
    }

    [Fact]
    public void Bins_merge_exactly_as_the_range_doubles()
    {
        float[] small = [.. TestValues.Bell(3000, 1, 0.01), 0f, -0f, 1f / 1024, -1f / 1024];
        float[] all = [.. small, 5000f, float.MaxValue, float.MinValue];
        var grown = new ValueHistogram();
        grown.Add(small);
        grown.Add([5000f]);
        var direct = new ValueHistogram();
        direct.Add(all[..^2]);
        AssertSame(direct, grown);

        grown.Add(all[^2..]);
        direct = new ValueHistogram();
        direct.Add(all);
        AssertSame(direct, grown);
        Assert.Equal(all.Length, grown.Count);
        Assert.Equal(float.MaxValue, grown.Quantile(1));
        Assert.Equal(float.MinValue, grown.Quantile(0));

        static void AssertSame(ValueHistogram expected, ValueHistogram actual)
        {
            for (int bin = 0; bin < ValueHistogram.Bins; bin++)
            {
                Assert.Equal(expected.CountOf(bin), actual.CountOf(bin));
            }

            Assert.Equal(expected.Count, Enumerable.Range(0, ValueHistogram.Bins).Sum(actual.CountOf));
        }
    }

    [Fact]
    public void Percentile_outside_its_range_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new PercentileObserver(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PercentileObserver(100.1));
    }

    private static IRangeObserver Create(string kind) => kind switch
    {
        "min-max" => new MinMaxObserver(),
        "percentile" => new PercentileObserver(),
        _ => new MseObserver(),
    };
}
