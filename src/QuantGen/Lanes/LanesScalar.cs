using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace QuantGen.Lanes;

/// <summary>Sixteen lanes as plain floats and loops: the definition every other implementation equals bit for bit.</summary>
[InlineArray(16)]
[EditorBrowsable(EditorBrowsableState.Never)]
public struct LanesScalar : ILanes<LanesScalar>
{
    private float _lane;

    /// <inheritdoc/>
    public static int Registers => 16;

    /// <inheritdoc/>
    public static LanesScalar operator +(LanesScalar left, LanesScalar right)
    {
        for (int i = 0; i < 16; i++)
        {
            left[i] += right[i];
        }

        return left;
    }

    /// <inheritdoc/>
    public static LanesScalar operator -(LanesScalar left, LanesScalar right)
    {
        for (int i = 0; i < 16; i++)
        {
            left[i] -= right[i];
        }

        return left;
    }

    /// <inheritdoc/>
    public static LanesScalar operator *(LanesScalar left, LanesScalar right)
    {
        for (int i = 0; i < 16; i++)
        {
            left[i] *= right[i];
        }

        return left;
    }

    /// <inheritdoc/>
    public static LanesScalar operator /(LanesScalar left, LanesScalar right)
    {
        for (int i = 0; i < 16; i++)
        {
            left[i] /= right[i];
        }

        return left;
    }

    /// <inheritdoc/>
    public static LanesScalar operator -(LanesScalar value)
    {
        for (int i = 0; i < 16; i++)
        {
            value[i] = -value[i];
        }

        return value;
    }

    /// <inheritdoc/>
    public static LanesScalar Broadcast(float value)
    {
        LanesScalar result = default;
        for (int i = 0; i < 16; i++)
        {
            result[i] = value;
        }

        return result;
    }

    /// <inheritdoc/>
    public static LanesScalar Load(ref float source, nuint offset)
    {
        LanesScalar result = default;
        for (int i = 0; i < 16; i++)
        {
            result[i] = Unsafe.Add(ref source, offset + (nuint)i);
        }

        return result;
    }

    /// <inheritdoc/>
    public static void Store(LanesScalar value, ref float destination, nuint offset)
    {
        for (int i = 0; i < 16; i++)
        {
            Unsafe.Add(ref destination, offset + (nuint)i) = value[i];
        }
    }

    /// <inheritdoc/>
    public static LanesScalar FromBytes(Vector128<byte> bytes)
    {
        LanesScalar result = default;
        for (int i = 0; i < 16; i++)
        {
            result[i] = bytes.GetElement(i);
        }

        return result;
    }

    /// <inheritdoc/>
    public static void StoreLowBytes(LanesScalar value, ref byte destination, nuint offset)
    {
        for (int i = 0; i < 16; i++)
        {
            Unsafe.Add(ref destination, offset + (nuint)i) = (byte)BitConverter.SingleToInt32Bits(value[i]);
        }
    }

    /// <inheritdoc/>
    public static void StoreLowShorts(LanesScalar value, ref short destination, nuint offset)
    {
        for (int i = 0; i < 16; i++)
        {
            Unsafe.Add(ref destination, offset + (nuint)i) = (short)BitConverter.SingleToInt32Bits(value[i]);
        }
    }

    /// <inheritdoc/>
    public static void AccumulatePairs(ref LanesScalar sum, LanesScalar a, LanesScalar b)
    {
        // Through memory: no float register sees bits that are no float.
        ref int sums = ref Unsafe.As<LanesScalar, int>(ref sum);
        ref int x = ref Unsafe.As<LanesScalar, int>(ref a);
        ref int y = ref Unsafe.As<LanesScalar, int>(ref b);
        for (int i = 0; i < 16; i++)
        {
            int left = Unsafe.Add(ref x, i);
            int right = Unsafe.Add(ref y, i);
            Unsafe.Add(ref sums, i) += ((short)left * (short)right) + ((left >> 16) * (right >> 16));
        }
    }

    /// <inheritdoc/>
    public static LanesScalar FromIntegers(LanesScalar bits)
    {
        ref int integers = ref Unsafe.As<LanesScalar, int>(ref bits);
        LanesScalar result = default;
        for (int i = 0; i < 16; i++)
        {
            result[i] = Unsafe.Add(ref integers, i);
        }

        return result;
    }

    /// <inheritdoc/>
    public static LanesScalar MultiplyAdd(LanesScalar a, LanesScalar b, LanesScalar c)
    {
        for (int i = 0; i < 16; i++)
        {
            a[i] = MathF.FusedMultiplyAdd(a[i], b[i], c[i]);
        }

        return a;
    }

    /// <inheritdoc/>
    public static void Accumulate(ref LanesScalar sum, LanesScalar a, LanesScalar b) => sum = MultiplyAdd(a, b, sum);

    /// <inheritdoc/>
    public static LanesScalar Max(LanesScalar left, LanesScalar right)
    {
        for (int i = 0; i < 16; i++)
        {
            left[i] = left[i] > right[i] ? left[i] : right[i];
        }

        return left;
    }

    /// <inheritdoc/>
    public static LanesScalar Min(LanesScalar left, LanesScalar right)
    {
        for (int i = 0; i < 16; i++)
        {
            left[i] = left[i] < right[i] ? left[i] : right[i];
        }

        return left;
    }

    /// <inheritdoc/>
    public static LanesScalar SelectGreater(LanesScalar left, LanesScalar right, LanesScalar whenGreater, LanesScalar otherwise)
    {
        for (int i = 0; i < 16; i++)
        {
            left[i] = left[i] > right[i] ? whenGreater[i] : otherwise[i];
        }

        return left;
    }

    /// <inheritdoc/>
    public static ushort GreaterBits(LanesScalar left, LanesScalar right)
    {
        int bits = 0;
        for (int i = 0; i < 16; i++)
        {
            bits |= left[i] > right[i] ? 1 << i : 0;
        }

        return (ushort)bits;
    }

    /// <inheritdoc/>
    public static LanesScalar NaNToZero(LanesScalar value)
    {
        for (int i = 0; i < 16; i++)
        {
            value[i] = float.IsNaN(value[i]) ? 0f : value[i];
        }

        return value;
    }

    /// <inheritdoc/>
    public static LanesScalar Abs(LanesScalar value)
    {
        for (int i = 0; i < 16; i++)
        {
            value[i] = MathF.Abs(value[i]);
        }

        return value;
    }

    /// <inheritdoc/>
    public static LanesScalar CopySign(LanesScalar magnitude, LanesScalar sign)
    {
        for (int i = 0; i < 16; i++)
        {
            magnitude[i] = MathF.CopySign(magnitude[i], sign[i]);
        }

        return magnitude;
    }

    /// <inheritdoc/>
    public static LanesScalar Sqrt(LanesScalar value)
    {
        for (int i = 0; i < 16; i++)
        {
            value[i] = MathF.Sqrt(value[i]);
        }

        return value;
    }

    /// <inheritdoc/>
    public static LanesScalar RoundToEven(LanesScalar value)
    {
        for (int i = 0; i < 16; i++)
        {
            value[i] = MathF.Round(value[i], MidpointRounding.ToEven);
        }

        return value;
    }

    /// <inheritdoc/>
    public static LanesScalar ScaleByPowerOfTwo(LanesScalar value, LanesScalar shifted)
    {
        for (int i = 0; i < 16; i++)
        {
            int exponent = BitConverter.SingleToInt32Bits(shifted[i]) << 23;
            value[i] = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(value[i]) + exponent);
        }

        return value;
    }

    /// <inheritdoc/>
    public static float Sum(LanesScalar value)
    {
        for (int half = 8; half > 0; half >>= 1)
        {
            for (int i = 0; i < half; i++)
            {
                value[i] += value[i + half];
            }
        }

        return value[0];
    }

    /// <inheritdoc/>
    public static float MaxFold(LanesScalar value)
    {
        for (int half = 8; half > 0; half >>= 1)
        {
            for (int i = 0; i < half; i++)
            {
                value[i] = value[i] > value[i + half] ? value[i] : value[i + half];
            }
        }

        return value[0];
    }

    /// <inheritdoc/>
    public static float MinFold(LanesScalar value)
    {
        for (int half = 8; half > 0; half >>= 1)
        {
            for (int i = 0; i < half; i++)
            {
                value[i] = value[i] < value[i + half] ? value[i] : value[i + half];
            }
        }

        return value[0];
    }
}
