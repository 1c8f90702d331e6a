namespace QuantGen.Lanes;

/// <summary>A vector of 32-bit integers of the processor's own width. Kernels of integers are written once over it, and what fills no vector is computed by
/// their definition in plain loops.</summary>
/// <remarks>Sums and products keep the low 32 bits; only <see cref="Scale"/> and the two sums over lanes have 64.</remarks>
/// <typeparam name="TSelf">The implementing type.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IIntegerLanes<TSelf>
    where TSelf : struct, IIntegerLanes<TSelf>
{
    /// <summary>Gets the lanes.</summary>
    static abstract int Count { get; }

    /// <summary>Adds lane by lane.</summary>
    static abstract TSelf operator +(TSelf left, TSelf right);

    /// <summary>Subtracts lane by lane.</summary>
    static abstract TSelf operator -(TSelf left, TSelf right);

    /// <summary>Multiplies lane by lane.</summary>
    static abstract TSelf operator *(TSelf left, TSelf right);

    /// <summary>Fills all lanes.</summary>
    static abstract TSelf Broadcast(int value);

    /// <summary>Reads neighbouring integers.</summary>
    static abstract TSelf Load(ref int source, nuint offset);

    /// <summary>Reads neighbouring unsigned bytes.</summary>
    static abstract TSelf LoadBytes(ref byte source, nuint offset);

    /// <summary>Writes neighbouring integers.</summary>
    static abstract void Store(TSelf value, ref int destination, nuint offset);

    /// <summary>Writes lanes from 0 to 255 as bytes.</summary>
    static abstract void StoreBytes(TSelf value, ref byte destination, nuint offset);

    /// <summary>Writes lanes that fit as 16-bit integers.</summary>
    static abstract void StoreShorts(TSelf value, ref short destination, nuint offset);

    /// <summary>Takes the smaller lanes.</summary>
    static abstract TSelf Min(TSelf left, TSelf right);

    /// <summary>Takes the larger lanes.</summary>
    static abstract TSelf Max(TSelf left, TSelf right);

    /// <summary>Takes magnitudes.</summary>
    static abstract TSelf Abs(TSelf value);

    /// <summary>Shifts all lanes right by one count, with their signs.</summary>
    static abstract TSelf ShiftRight(TSelf value, int count);

    /// <summary>Shifts each lane, of which none is negative, right by its own count from 0 to 31.</summary>
    static abstract TSelf ShiftRightEach(TSelf value, TSelf counts);

    /// <summary>Computes the low 32 bits of <c>(value * multiplier + summand) >> shift</c> from products of 64 bits.</summary>
    /// <param name="value">The values.</param>
    /// <param name="multiplier">Factors.</param>
    /// <param name="summand">The same for all lanes.</param>
    /// <param name="shift">1 to 32.</param>
    static abstract TSelf Scale(TSelf value, TSelf multiplier, long summand, int shift);

    /// <summary>Adds all lanes in 64 bits.</summary>
    static abstract long Sum(TSelf value);

    /// <summary>Takes the largest lane.</summary>
    static abstract int Largest(TSelf value);

    /// <summary>Adds the products of two runs of integers in 64 bits.</summary>
    /// <param name="a">The first run.</param>
    /// <param name="b">The second run; may be the first.</param>
    /// <param name="count">Their length, a multiple of <see cref="Count"/>.</param>
    static abstract long SumOfProducts(ref int a, ref int b, nuint count);
}
