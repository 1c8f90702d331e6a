using System.Runtime.Intrinsics;

namespace QuantGen.Lanes;

/// <summary>Sixteen virtual float lanes. A kernel written once over this interface gives the same bits for every implementation.</summary>
/// <remarks>
/// <see cref="LanesScalar"/> is the definition: each operation applies to every lane by itself, rounds once to nearest even, and never
/// contracts a product with a sum unless it is <see cref="MultiplyAdd"/>. The only operations that mix lanes are the three folds, whose
/// tree is fixed: lane i with lane i + 8, then i + 4, i + 2, i + 1. The bits of a NaN are not part of the contract, its being NaN is.
/// </remarks>
/// <typeparam name="TSelf">The implementing type.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface ILanes<TSelf>
    where TSelf : struct, ILanes<TSelf>
{
    /// <summary>Gets how many vector registers one value occupies; tile sizes are chosen by it.</summary>
    static abstract int Registers { get; }

    /// <summary>Adds lane by lane.</summary>
    /// <param name="left">The first summand.</param>
    /// <param name="right">The second summand.</param>
    /// <returns>The rounded sums.</returns>
    static abstract TSelf operator +(TSelf left, TSelf right);

    /// <summary>Subtracts lane by lane.</summary>
    /// <param name="left">The minuend.</param>
    /// <param name="right">The subtrahend.</param>
    /// <returns>The rounded differences.</returns>
    static abstract TSelf operator -(TSelf left, TSelf right);

    /// <summary>Multiplies lane by lane.</summary>
    /// <param name="left">The first factor.</param>
    /// <param name="right">The second factor.</param>
    /// <returns>The rounded products.</returns>
    static abstract TSelf operator *(TSelf left, TSelf right);

    /// <summary>Divides lane by lane.</summary>
    /// <param name="left">The dividend.</param>
    /// <param name="right">The divisor.</param>
    /// <returns>The rounded quotients.</returns>
    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary>Flips the sign of every lane.</summary>
    /// <param name="value">The lanes.</param>
    /// <returns>The lanes with their sign bits inverted.</returns>
    static abstract TSelf operator -(TSelf value);

    /// <summary>Fills all lanes with one value.</summary>
    /// <param name="value">The value.</param>
    /// <returns>Sixteen copies of it.</returns>
    static abstract TSelf Broadcast(float value);

    /// <summary>Reads sixteen neighbouring floats.</summary>
    /// <param name="source">The start of the data.</param>
    /// <param name="offset">Elements to skip.</param>
    /// <returns>The floats, the first in lane 0.</returns>
    static abstract TSelf Load(ref float source, nuint offset);

    /// <summary>Writes sixteen neighbouring floats.</summary>
    /// <param name="value">The lanes.</param>
    /// <param name="destination">The start of the data.</param>
    /// <param name="offset">Elements to skip.</param>
    static abstract void Store(TSelf value, ref float destination, nuint offset);

    /// <summary>Converts sixteen unsigned bytes to floats.</summary>
    /// <param name="bytes">The bytes, the first for lane 0.</param>
    /// <returns>Their values, exact.</returns>
    static abstract TSelf FromBytes(Vector128<byte> bytes);

    /// <summary>Writes the low eight bits of each lane's representation: for <c>1.5 * 2^23 + n</c> that is n modulo 256.</summary>
    /// <param name="value">The lanes.</param>
    /// <param name="destination">The start of the bytes.</param>
    /// <param name="offset">Bytes to skip.</param>
    static abstract void StoreLowBytes(TSelf value, ref byte destination, nuint offset);

    /// <summary>Writes the low 16 bits of each lane's 32 bits.</summary>
    /// <param name="value">The lanes.</param>
    /// <param name="destination">Where to; sixteen elements.</param>
    /// <param name="offset">Elements to skip.</param>
    static abstract void StoreLowShorts(TSelf value, ref short destination, nuint offset);

    /// <summary>Writes the low 16 bits of 32 lanes.</summary>
    /// <param name="first">The first sixteen lanes.</param>
    /// <param name="second">The lanes behind them.</param>
    /// <param name="destination">Where to; 32 elements.</param>
    /// <param name="offset">Elements to skip.</param>
    static virtual void StoreLowShorts(TSelf first, TSelf second, ref short destination, nuint offset)
    {
        TSelf.StoreLowShorts(first, ref destination, offset);
        TSelf.StoreLowShorts(second, ref destination, offset + 16);
    }

    /// <summary>
    /// Takes the bits of every lane as integers: two 16-bit factors each in <paramref name="a"/> and <paramref name="b"/>, whose two products are added to
    /// the 32-bit sum without saturation.
    /// </summary>
    /// <param name="sum">The accumulator.</param>
    /// <param name="a">Pairs of factors, the first in the low bits.</param>
    /// <param name="b">Pairs of factors.</param>
    static abstract void AccumulatePairs(ref TSelf sum, TSelf a, TSelf b);

    /// <summary>Converts lanes whose bits are 32-bit integers, rounding to nearest even.</summary>
    /// <param name="bits">The integers.</param>
    static abstract TSelf FromIntegers(TSelf bits);

    /// <summary>Computes <c>a * b + c</c> with a single rounding.</summary>
    /// <param name="a">The first factor.</param>
    /// <param name="b">The second factor.</param>
    /// <param name="c">The summand.</param>
    /// <returns>The exactly fused results.</returns>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>Computes <c>sum = a * b + sum</c> with a single rounding.</summary>
    /// <remarks>Written in place because the JIT then keeps an accumulator of several registers in them without copies.</remarks>
    /// <param name="sum">The accumulator.</param>
    /// <param name="a">The first factor.</param>
    /// <param name="b">The second factor.</param>
    static abstract void Accumulate(ref TSelf sum, TSelf a, TSelf b);

    /// <summary>Computes <c>left &gt; right ? left : right</c>, so equal or unordered lanes give <paramref name="right"/>.</summary>
    /// <param name="left">The first operand.</param>
    /// <param name="right">The second operand.</param>
    /// <returns>The larger lanes.</returns>
    static abstract TSelf Max(TSelf left, TSelf right);

    /// <summary>Computes <c>left &lt; right ? left : right</c>, so equal or unordered lanes give <paramref name="right"/>.</summary>
    /// <param name="left">The first operand.</param>
    /// <param name="right">The second operand.</param>
    /// <returns>The smaller lanes.</returns>
    static abstract TSelf Min(TSelf left, TSelf right);

    /// <summary>Computes <c>left &gt; right ? whenGreater : otherwise</c> lane by lane.</summary>
    /// <param name="left">The first compared value.</param>
    /// <param name="right">The second compared value.</param>
    /// <param name="whenGreater">Taken where the comparison holds.</param>
    /// <param name="otherwise">Taken where it does not, also for NaN.</param>
    /// <returns>The selected lanes.</returns>
    static abstract TSelf SelectGreater(TSelf left, TSelf right, TSelf whenGreater, TSelf otherwise);

    /// <summary>Compares lane by lane.</summary>
    /// <param name="left">The first compared value.</param>
    /// <param name="right">The second compared value.</param>
    /// <returns>A bit for each lane, that of lane 0 lowest: 1 where <paramref name="left"/> is greater, 0 elsewhere, also for NaN.</returns>
    static abstract ushort GreaterBits(TSelf left, TSelf right);

    /// <summary>Replaces NaN lanes by +0.</summary>
    /// <param name="value">The lanes.</param>
    /// <returns>The lanes without NaN.</returns>
    static abstract TSelf NaNToZero(TSelf value);

    /// <summary>Clears the sign of every lane.</summary>
    /// <param name="value">The lanes.</param>
    /// <returns>The magnitudes.</returns>
    static abstract TSelf Abs(TSelf value);

    /// <summary>Joins the magnitude of one value with the sign bit of another.</summary>
    /// <param name="magnitude">Gives everything but the sign.</param>
    /// <param name="sign">Gives the sign bit.</param>
    /// <returns>The joined lanes.</returns>
    static abstract TSelf CopySign(TSelf magnitude, TSelf sign);

    /// <summary>Takes the correctly rounded square root.</summary>
    /// <param name="value">The lanes.</param>
    /// <returns>The roots.</returns>
    static abstract TSelf Sqrt(TSelf value);

    /// <summary>Rounds to the nearest integer, halves to even.</summary>
    /// <param name="value">The lanes.</param>
    /// <returns>The integers, as floats.</returns>
    static abstract TSelf RoundToEven(TSelf value);

    /// <summary>Adds the low nine bits of <paramref name="shifted"/> to the sign and exponent fields: a product with 2^n when
    /// <c>shifted = 1.5 * 2^23 + n</c> and neither factor nor product is subnormal, infinite or NaN.</summary>
    /// <param name="value">The factor.</param>
    /// <param name="shifted">The power of two, offset by 1.5 * 2^23.</param>
    /// <returns>The products.</returns>
    static abstract TSelf ScaleByPowerOfTwo(TSelf value, TSelf shifted);

    /// <summary>Adds all lanes in the fixed tree.</summary>
    /// <param name="value">The lanes.</param>
    /// <returns>The sum.</returns>
    static abstract float Sum(TSelf value);

    /// <summary>Takes <see cref="Max"/> over all lanes in the fixed tree, lower lane first.</summary>
    /// <param name="value">The lanes.</param>
    /// <returns>The maximum.</returns>
    static abstract float MaxFold(TSelf value);

    /// <summary>Takes <see cref="Min"/> over all lanes in the fixed tree, lower lane first.</summary>
    /// <param name="value">The lanes.</param>
    /// <returns>The minimum.</returns>
    static abstract float MinFold(TSelf value);
}
