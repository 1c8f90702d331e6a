using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using QuantGen.Lanes;

namespace QuantGen.Linear;

/// <summary>The steps of every <see cref="MultiplyUnit"/>, as generated kernels write them.</summary>
internal static class MultiplySteps
{
    public readonly struct Pairs512 : IMultiplyStep<Vector512<short>>
    {
        public static Vector512<short> Value(int number) => Vector512.Create((short)number);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<short> Add(Vector512<short> sum, Vector512<short> a, Vector512<short> b) =>
            sum + Avx512BW.MultiplyAddAdjacent(sum.AsByte(), a.AsSByte());
    }

    public readonly struct Pairs256 : IMultiplyStep<Vector256<short>>
    {
        public static Vector256<short> Value(int number) => Vector256.Create((short)number);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<short> Add(Vector256<short> sum, Vector256<short> a, Vector256<short> b) =>
            sum + Avx2.MultiplyAddAdjacent(sum.AsByte(), a.AsSByte());
    }

    public readonly struct Quads256 : IMultiplyStep<Vector256<int>>
    {
        public static Vector256<int> Value(int number) => Vector256.Create(number);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<int> Add(Vector256<int> sum, Vector256<int> a, Vector256<int> b) =>
            AvxVnni.MultiplyWideningAndAdd(sum, a.AsByte(), b.AsSByte());
    }

    public readonly struct Quads128 : IMultiplyStep<Vector128<int>>
    {
        public static Vector128<int> Value(int number) => Vector128.Create(number);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<int> Add(Vector128<int> sum, Vector128<int> a, Vector128<int> b) =>
            Dp.DotProductBySelectedQuadruplet(sum, a.AsSByte(), b.AsSByte(), 0);
    }

    public readonly struct ClippedPairs512 : IMultiplyStep<Vector512<int>>
    {
        public static Vector512<int> Value(int number) => Vector512.Create(number);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<int> Add(Vector512<int> sum, Vector512<int> a, Vector512<int> b) =>
            sum + Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(sum.AsByte(), a.AsSByte()), b.AsInt16());
    }

    public readonly struct ClippedPairs256 : IMultiplyStep<Vector256<int>>
    {
        public static Vector256<int> Value(int number) => Vector256.Create(number);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<int> Add(Vector256<int> sum, Vector256<int> a, Vector256<int> b) =>
            sum + Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(sum.AsByte(), a.AsSByte()), b.AsInt16());
    }

    public readonly struct ClippedQuads512 : IMultiplyStep<Vector512<int>>
    {
        public static Vector512<int> Value(int number) => Vector512.Create(number);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<int> Add(Vector512<int> sum, Vector512<int> a, Vector512<int> b)
        {
            Vector512<short> pairs = Avx512BW.MultiplyAddAdjacent(sum.AsByte(), a.AsSByte()) + Avx512BW.MultiplyAddAdjacent(sum.AsByte(), b.AsSByte());
            return sum + Avx512BW.MultiplyAddAdjacent(pairs, b.AsInt16());
        }
    }

    public readonly struct WidePairs512 : IMultiplyStep<Vector512<int>>
    {
        public static Vector512<int> Value(int number) => Vector512.Create(number);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<int> Add(Vector512<int> sum, Vector512<int> a, Vector512<int> b) =>
            sum + Avx512BW.MultiplyAddAdjacent(sum.AsInt16(), a.AsInt16());
    }

    public readonly struct ClippedQuads256 : IMultiplyStep<Vector256<int>>
    {
        public static Vector256<int> Value(int number) => Vector256.Create(number);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<int> Add(Vector256<int> sum, Vector256<int> a, Vector256<int> b)
        {
            Vector256<short> pairs = Avx2.MultiplyAddAdjacent(sum.AsByte(), a.AsSByte()) + Avx2.MultiplyAddAdjacent(sum.AsByte(), b.AsSByte());
            return sum + Avx2.MultiplyAddAdjacent(pairs, b.AsInt16());
        }
    }

    public readonly struct WidePairs256 : IMultiplyStep<Vector256<int>>
    {
        public static Vector256<int> Value(int number) => Vector256.Create(number);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<int> Add(Vector256<int> sum, Vector256<int> a, Vector256<int> b) =>
            sum + Avx2.MultiplyAddAdjacent(sum.AsInt16(), a.AsInt16());
    }

    public readonly struct LookUp512 : IMultiplyStep<Vector512<ushort>>
    {
        public static Vector512<ushort> Value(int number) => Vector512.Create((ushort)number);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<ushort> Add(Vector512<ushort> sum, Vector512<ushort> a, Vector512<ushort> b) =>
            sum + Avx512BW.PermuteVar32x16x2(a, sum, b);
    }

    public readonly struct LookUp256 : IMultiplyStep<Vector256<byte>>
    {
        public static Vector256<byte> Value(int number) => Vector256.Create((byte)number);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<byte> Add(Vector256<byte> sum, Vector256<byte> a, Vector256<byte> b) => sum + Avx2.Shuffle(a, sum);
    }

    public readonly struct Differences512 : IMultiplyStep<Vector512<byte>>
    {
        public static Vector512<byte> Value(int number) => Vector512.Create((byte)number);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<byte> Add(Vector512<byte> sum, Vector512<byte> a, Vector512<byte> b) => sum + Avx512Vbmi.PermuteVar64x8(a, sum);
    }

    public readonly struct Differences128 : IMultiplyStep<Vector128<byte>>
    {
        public static Vector128<byte> Value(int number) => Vector128.Create((byte)number);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Add(Vector128<byte> sum, Vector128<byte> a, Vector128<byte> b) => sum + Vector128.ShuffleNative(a, sum);
    }

    public readonly struct DifferencesScalar : IMultiplyStep<ulong>
    {
        public static ulong Value(int number) => (ulong)number;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static ulong Add(ulong sum, ulong a, ulong b) => sum + (ulong)BitOperations.PopCount(sum ^ a);
    }

    public readonly struct Products128 : IMultiplyStep<Vector128<short>>
    {
        public static Vector128<short> Value(int number) => Vector128.Create((short)number);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<short> Add(Vector128<short> sum, Vector128<short> a, Vector128<short> b) => sum + (sum * a);
    }

    public readonly struct ProductsScalar : IMultiplyStep<int>
    {
        public static int Value(int number) => number;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static int Add(int sum, int a, int b) => sum + (sum * a);
    }

    public readonly struct Fused512 : IMultiplyStep<Vector512<float>>
    {
        public static Vector512<float> Value(int number) => Vector512.Create((float)number);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Add(Vector512<float> sum, Vector512<float> a, Vector512<float> b) => Vector512.FusedMultiplyAdd(a, b, sum);
    }

    public readonly struct Fused256 : IMultiplyStep<Vector256<float>>
    {
        public static Vector256<float> Value(int number) => Vector256.Create((float)number);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Add(Vector256<float> sum, Vector256<float> a, Vector256<float> b) => Vector256.FusedMultiplyAdd(a, b, sum);
    }

    public readonly struct Fused128 : IMultiplyStep<Vector128<float>>
    {
        public static Vector128<float> Value(int number) => Vector128.Create((float)number);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<float> Add(Vector128<float> sum, Vector128<float> a, Vector128<float> b)
        {
            if (Fma.IsSupported || AdvSimd.IsSupported)
            {
                return Vector128.FusedMultiplyAdd(a, b, sum);
            }

            // Doubt is rare, and settling it no part of the ceiling.
            Vector128<int> doubtful = Vector128<int>.Zero;
            return FusedEmulation.Quick(a, b, sum, ref doubtful);
        }
    }

    public readonly struct FusedScalar : IMultiplyStep<float>
    {
        public static float Value(int number) => number;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float Add(float sum, float a, float b) => MathF.FusedMultiplyAdd(a, b, sum);
    }
}
