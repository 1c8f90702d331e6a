using System.Runtime.Intrinsics;
using QuantGen.Lanes;

namespace QuantGen.Tests.Kernels;

public sealed class FusedEmulationTests
{
    [FactWhere(Machine.Vectors128)]
    public void Matches_the_fused_operation_on_any_bits() =>
        Check(400_000, random => (Samples.AnyBits(random), Samples.AnyBits(random), Samples.AnyBits(random)));

    [FactWhere(Machine.Vectors128)]
    public void Matches_on_special_values() => Check(200_000, random => (Special(random), Special(random), Special(random)));

    [FactWhere(Machine.Vectors128)]
    public void Matches_on_ordinary_values() =>
        Check(400_000, random => ((float)random.NextDouble() - 0.5f, (float)random.NextDouble() - 0.5f, (float)random.NextDouble() - 0.5f));

    // The product nearly cancels the summand, or lies at the edge of what the summand's last bit can show.
    [FactWhere(Machine.Vectors128)]
    public void Matches_near_cancellation_and_absorption() => Check(600_000, random =>
    {
        float a = AnyFinite(random);
        float b = AnyFinite(random);
        float c = (float)((double)a * b * Math.ScaleB(random.NextDouble() < 0.5 ? -1 : 1, random.Next(-60, 60)));
        return (a, b, BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(c) + random.Next(-2, 3)));
    });

    // c is a float, the product half a unit of its last place plus or minus something tiny: double rounding fails exactly here.
    [FactWhere(Machine.Vectors128)]
    public void Matches_at_and_beside_ties() => Check(600_000, random =>
    {
        int exponent = random.Next(-149, 100);
        float c = (float)Math.ScaleB(random.Next(1 << 22, 1 << 24), exponent);
        float a = 1f + ((float)random.Next(-3, 4) * 1.1920929E-07f);
        float b = (float)Math.ScaleB((random.Next(0, 2) == 0 ? 1 : -1) * (1 + (random.Next(-3, 4) * 1.1920928955078125E-07)), exponent - 1);
        return (a, b, random.Next(2) == 0 ? c : -c);
    }, misleading: true);

    // Results below 2^-126, where midpoints sit at other bits: the product is 2^-150 (1 - i^2 2^-46), or a multiple of it.
    [FactWhere(Machine.Vectors128)]
    public void Matches_for_subnormal_results() => Check(600_000, random =>
    {
        int i = random.Next(-3, 4);
        float c = BitConverter.Int32BitsToSingle(random.Next(0, 0x00900000));
        float a = (float)Math.ScaleB(1 + Math.ScaleB(i, -23), -75 + random.Next(-1, 2));
        float b = (float)Math.ScaleB(1 - Math.ScaleB(random.Next(8) == 0 ? -i : i, -23), -75);
        return (random.Next(2) == 0 ? a : -a, b, random.Next(8) == 0 ? 0f : c);
    }, misleading: true);

    [FactWhere(Machine.Vectors128)]
    public void Matches_for_products_far_below_the_summand() => Check(300_000, random =>
    {
        float c = BitConverter.Int32BitsToSingle(random.Next(0, 0x00900000));
        float a = (float)Math.ScaleB(random.Next(1, 1 << 24), random.Next(-100, -60));
        float b = (float)Math.ScaleB(random.Next(1, 1 << 24), -150 - (int)Math.Log2(a) - random.Next(0, 60));
        return (random.Next(2) == 0 ? a : -a, b, random.Next(2) == 0 ? c : 0f);
    });

    [FactWhere(Machine.Vectors128)]
    public void Matches_at_overflow() => Check(200_000, random =>
    {
        float a = (float)Math.ScaleB(random.Next(1 << 23, 1 << 24), random.Next(35, 45));
        float b = (float)Math.ScaleB(random.Next(1 << 23, 1 << 24), 40 + random.Next(-2, 3));
        return (a, random.Next(2) == 0 ? b : -b, random.Next(2) == 0 ? float.MaxValue : float.MinValue);
    });

    private static float Special(Random random) => Samples.Special[random.Next(Samples.Special.Length)];

    private static float AnyFinite(Random random)
    {
        float value = Samples.AnyBits(random);
        return float.IsFinite(value) ? value : 1f;
    }

    private static void Check(int count, Func<Random, (float A, float B, float C)> draw, bool misleading = false)
    {
        Random random = new(5);
        float[] a = new float[16];
        float[] b = new float[16];
        float[] c = new float[16];
        float[] quick = new float[16];
        float[] exact = new float[16];
        float[] expected = new float[16];
        int misled = 0;
        for (int i = 0; i < count; i += 16)
        {
            for (int j = 0; j < 16; j++)
            {
                (a[j], b[j], c[j]) = draw(random);
                expected[j] = MathF.FusedMultiplyAdd(a[j], b[j], c[j]);
                misled += (float)(((double)a[j] * b[j]) + c[j]) != expected[j] && !float.IsNaN(expected[j]) ? 1 : 0;
            }

            Lanes128.Store(
                Lanes128.MultiplyAddEmulated(Lanes128.Load(ref a[0], 0), Lanes128.Load(ref b[0], 0), Lanes128.Load(ref c[0], 0)), ref quick[0], 0);
            for (int j = 0; j < 16; j += 4)
            {
                FusedEmulation.Exact(Vector128.Create(a, j), Vector128.Create(b, j), Vector128.Create(c, j)).CopyTo(exact, j);
            }

            Samples.AssertSameBits(expected, quick);
            Samples.AssertSameBits(expected, exact);
        }

        // The draw is worth its name only if plain rounding through double gets some of it wrong.
        Assert.True(!misleading || misled > 1000, $"only {misled} of {count} draws mislead the plain method");
    }
}
