using System.Runtime.Intrinsics;
using QuantGen.Kernels;
using QuantGen.Lanes;

namespace QuantGen.Tests.Kernels;

/// <summary>Every operation of a lane type equals <see cref="LanesScalar"/> bit for bit.</summary>
public abstract class LanesTests<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    [LanesFact]
    public void Unary_operations_match_the_scalar_lanes()
    {
        Compare((x, _, _) => -x, (x, _, _) => -x);
        Compare((x, _, _) => TLanes.Abs(x), (x, _, _) => LanesScalar.Abs(x));
        Compare((x, _, _) => TLanes.Sqrt(x), (x, _, _) => LanesScalar.Sqrt(x));
        Compare((x, _, _) => TLanes.RoundToEven(x), (x, _, _) => LanesScalar.RoundToEven(x));
        Compare((x, _, _) => TLanes.NaNToZero(x), (x, _, _) => LanesScalar.NaNToZero(x));
    }

    [LanesFact]
    public void Binary_operations_match_the_scalar_lanes()
    {
        Compare((x, y, _) => x + y, (x, y, _) => x + y);
        Compare((x, y, _) => x - y, (x, y, _) => x - y);
        Compare((x, y, _) => x * y, (x, y, _) => x * y);
        Compare((x, y, _) => x / y, (x, y, _) => x / y);
        Compare((x, y, _) => TLanes.Max(x, y), (x, y, _) => LanesScalar.Max(x, y));
        Compare((x, y, _) => TLanes.Min(x, y), (x, y, _) => LanesScalar.Min(x, y));
        Compare((x, y, _) => TLanes.CopySign(x, y), (x, y, _) => LanesScalar.CopySign(x, y));
    }

    [LanesFact]
    public void Ternary_operations_match_the_scalar_lanes()
    {
        Compare((x, y, z) => TLanes.MultiplyAdd(x, y, z), (x, y, z) => LanesScalar.MultiplyAdd(x, y, z));
        Compare((x, y, z) => TLanes.SelectGreater(x, y, z, x), (x, y, z) => LanesScalar.SelectGreater(x, y, z, x));
        Compare(
            (x, y, z) =>
            {
                TLanes.Accumulate(ref z, x, y);
                return z;
            },
            (x, y, z) => LanesScalar.MultiplyAdd(x, y, z));
    }

    [LanesFact]
    public void Scaling_by_a_power_of_two_matches_the_scalar_lanes() => Compare(
        (x, y, _) => TLanes.ScaleByPowerOfTwo(x, TLanes.Broadcast(12582912f) + TLanes.RoundToEven(y)),
        (x, y, _) => LanesScalar.ScaleByPowerOfTwo(x, LanesScalar.Broadcast(12582912f) + LanesScalar.RoundToEven(y)));

    [LanesFact]
    public void Functions_match_the_scalar_lanes()
    {
        Compare((x, _, _) => Exponential.Compute(x), (x, _, _) => Exponential.Compute(x));
        Compare((x, _, _) => Erf.Compute(x), (x, _, _) => Erf.Compute(x));
        Compare((x, _, _) => Tanh.Compute(x), (x, _, _) => Tanh.Compute(x));
        Compare((x, _, _) => Gelu.ErfForm.Compute(x), (x, _, _) => Gelu.ErfForm.Compute(x));
        Compare((x, _, _) => Gelu.TanhForm.Compute(x), (x, _, _) => Gelu.TanhForm.Compute(x));
    }

    [LanesFact]
    public void Folds_match_the_scalar_lanes()
    {
        Compare((x, _, _) => TLanes.Broadcast(TLanes.Sum(x)), (x, _, _) => LanesScalar.Broadcast(LanesScalar.Sum(x)));
        Compare((x, _, _) => TLanes.Broadcast(TLanes.MaxFold(x)), (x, _, _) => LanesScalar.Broadcast(LanesScalar.MaxFold(x)));
        Compare((x, _, _) => TLanes.Broadcast(TLanes.MinFold(x)), (x, _, _) => LanesScalar.Broadcast(LanesScalar.MinFold(x)));
    }

    [LanesFact]
    public void Bytes_convert_both_ways()
    {
        for (int start = 0; start < 256; start += 16)
        {
            byte[] bytes = [.. Enumerable.Range(start, 16).Select(i => (byte)i)];
            TLanes lanes = TLanes.FromBytes(Vector128.Create(bytes));
            float[] floats = new float[16];
            TLanes.Store(lanes, ref floats[0], 0);
            Assert.Equal(bytes.Select(b => (float)b), floats);

            byte[] back = new byte[16];
            TLanes.StoreLowBytes(lanes + TLanes.Broadcast(12582912f), ref back[0], 0);
            Assert.Equal(bytes, back);
        }
    }

    private static void Compare(Func<TLanes, TLanes, TLanes, TLanes> actual, Func<LanesScalar, LanesScalar, LanesScalar, LanesScalar> expected)
    {
        Random random = new(17);
        for (int round = 0; round < 600; round++)
        {
            float[] inputs = [.. Enumerable.Range(0, 48).Select(_ => Pick(random, round % 3))];
            float[] found = new float[16];
            float[] wanted = new float[16];
            TLanes.Store(actual(TLanes.Load(ref inputs[0], 0), TLanes.Load(ref inputs[0], 16), TLanes.Load(ref inputs[0], 32)), ref found[0], 0);
            LanesScalar.Store(
                expected(LanesScalar.Load(ref inputs[0], 0), LanesScalar.Load(ref inputs[0], 16), LanesScalar.Load(ref inputs[0], 32)),
                ref wanted[0], 0);
            Samples.AssertSameBits(wanted, found);
        }
    }

    private static float Pick(Random random, int kind) => kind switch
    {
        0 => Samples.Special[random.Next(Samples.Special.Length)],
        1 => Samples.AnyBits(random),
        _ => (float)((random.NextDouble() - 0.5) * 20),
    };
}

public sealed class Lanes512Tests : LanesTests<Lanes512>;

public sealed class Lanes256Tests : LanesTests<Lanes256>;

public sealed class Lanes128Tests : LanesTests<Lanes128>;
