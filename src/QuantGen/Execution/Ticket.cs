namespace QuantGen.Execution;

/// <summary>What is to be done in a pass, in one number that threads exchange atomically: how many workers may take part, the phase, the items left.</summary>
/// <param name="bits">The number.</param>
/// <remarks>
/// A worker owns an item when it has replaced the ticket by <see cref="AfterNext"/>. The phase cannot end and its pass cannot return before that item is
/// done, so everything that belongs to the pass may be read from then on, how many items the phase has among it, and before that nothing but the ticket.
/// </remarks>
internal readonly struct Ticket(long bits)
{
    /// <summary>The ticket when nothing is to be done.</summary>
    public const long Closed = 0;

    // As many items as an int counts: the rules for models (SpecRules) keep the most items of a phase below that.
    private const int ItemBits = 31;
    private const int PhaseBits = 13;
    private const int WorkerBits = 63 - PhaseBits - ItemBits;

    /// <summary>The most workers, phases or items.</summary>
    public const int MostWorkers = (1 << WorkerBits) - 1, MostPhases = 1 << PhaseBits, MostItems = int.MaxValue;

    /// <summary>Gets how many workers take part; 0 when nothing is to be done.</summary>
    public int Workers => (int)(bits >> (PhaseBits + ItemBits));

    /// <summary>Gets the phase.</summary>
    public int Phase => (int)(bits >> ItemBits) & (MostPhases - 1);

    /// <summary>Gets how many items of the phase nobody has taken.</summary>
    public int Left => (int)bits & MostItems;

    /// <summary>Gets the ticket with the next item taken; some must be left.</summary>
    public long AfterNext => bits - 1;

    /// <summary>Gets the number.</summary>
    public long Bits => bits;

    /// <summary>Makes a ticket for all items of a phase.</summary>
    /// <exception cref="InvalidOperationException">There are more of something than a ticket has room for.</exception>
    public static long Open(int workers, int phase, int items) => workers <= MostWorkers && phase < MostPhases && items >= 0
        ? ((((long)workers << PhaseBits) | (uint)phase) << ItemBits) | (uint)items
        : throw new InvalidOperationException($"a pass has at most {MostWorkers} workers, {MostPhases} phases and {MostItems} items in a phase");
}
