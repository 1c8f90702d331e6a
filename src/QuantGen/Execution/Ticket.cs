namespace QuantGen.Execution;

/// <summary>
/// What is to be done in a pass, in one number that threads exchange atomically: how many workers may take part, the phase, its items, the next.
/// </summary>
/// <param name="bits">The number.</param>
/// <remarks>
/// A worker owns an item when it has replaced the ticket by <see cref="AfterNext"/>. The phase cannot end and its pass cannot return before that item is
/// done, so everything that belongs to the pass may be read from then on, and before that nothing but the ticket.
/// </remarks>
internal readonly struct Ticket(long bits)
{
    /// <summary>The ticket when nothing is to be done.</summary>
    public const long Closed = 0;

    private const int ItemBits = 19;
    private const int PhaseBits = 13;
    private const int WorkerBits = 63 - PhaseBits - (2 * ItemBits);

    /// <summary>The most workers, phases or items.</summary>
    public const int MostWorkers = (1 << WorkerBits) - 1, MostPhases = 1 << PhaseBits, MostItems = (1 << ItemBits) - 1;

    /// <summary>Gets how many workers take part; 0 when nothing is to be done.</summary>
    public int Workers => (int)(bits >> (PhaseBits + (2 * ItemBits)));

    /// <summary>Gets the phase.</summary>
    public int Phase => (int)(bits >> (2 * ItemBits)) & (MostPhases - 1);

    /// <summary>Gets the number of items of the phase.</summary>
    public int Items => (int)(bits >> ItemBits) & MostItems;

    /// <summary>Gets the next item; as many as there are when all are taken.</summary>
    public int Next => (int)bits & MostItems;

    /// <summary>Gets the ticket with the next item taken.</summary>
    public long AfterNext => bits + 1;

    /// <summary>Gets the number.</summary>
    public long Bits => bits;

    /// <summary>Makes a ticket for all items of a phase.</summary>
    /// <exception cref="InvalidOperationException">There are more of something than a ticket has room for.</exception>
    public static long Open(int workers, int phase, int items) => workers <= MostWorkers && phase < MostPhases && items <= MostItems
        ? ((((long)workers << PhaseBits) | (uint)phase) << (2 * ItemBits)) | ((long)items << ItemBits)
        : throw new InvalidOperationException($"a pass has at most {MostWorkers} workers, {MostPhases} phases and {MostItems} items in a phase");
}
