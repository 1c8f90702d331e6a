namespace QuantGen.Linear;

/// <summary>One multiply instruction and its addition, for <see cref="Roofline"/>.</summary>
/// <typeparam name="TVector">What an accumulator is.</typeparam>
internal interface IMultiplyStep<TVector>
    where TVector : struct
{
    /// <summary>
    /// Gets the <paramref name="number"/>th operand or first value of an accumulator; all differ, so that no two steps are one to the compiler.
    /// </summary>
    static abstract TVector Value(int number);

    /// <summary>Adds to an accumulator. The instruction reads the accumulator too: what does not change in a loop would be computed once before it.</summary>
    static abstract TVector Add(TVector sum, TVector a, TVector b);
}
