using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using QuantGen.Specs;

namespace QuantGen.Linear;

/// <summary>Times two kernels that compute the same on the processor at hand, where no rule says which is faster.</summary>
/// <remarks>
/// Word permutations run twice per cycle on some processors and in several steps on others. Results are identical, so only time depends on the outcome.
/// The environment variable <see cref="Variable"/> set to <c>tables</c> or <c>products</c> decides instead; any other value is refused when a model is loaded.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class KernelRace
{
    /// <summary>Name of the environment variable that decides without a race.</summary>
    public const string Variable = "QUANTGEN_KERNELS";

    private const int Columns = 768;
    private const int Rows = 768;
    private const int Tokens = 16;
    private const int Laps = 15;

    // Inputs that trained weights of two bits let a kernel add before it widens.
    private const int TypicalDepth = 256;

    // Where word permutations are slow tables lose by a factor; a smaller difference than a tenth is what else runs on the machine, and then tables are kept.
    private const int Benefit = 10;

    // What is clipped takes about a sixteenth of the time.
    private const int Excess = 16;

    private delegate void Product(in QuantizedRows x, in PlacedLinear w, ref float output, int outputStride, ref float scratch);

    /// <summary>Tells whether looking sums up beats multiplying, or loses to it by less than chance decides.</summary>
    /// <typeparam name="TTable">The kernel that looks up.</typeparam>
    /// <typeparam name="TTile">The kernel that multiplies.</typeparam>
    /// <exception cref="InvalidOperationException"><see cref="Variable"/> has a value that means nothing.</exception>
    public static bool IsTableFaster<TTable, TTile>()
        where TTable : struct, ITableKernel
        where TTile : struct, ITileKernel
    {
        return Decided() ?? IsFaster(TTable.Order, Benefit, TableLoop.Run<TTable>, PanelLoop.Run<TTile>);
    }

    /// <summary>Tells whether a kernel of clipped weights beats one of weights as they are by more than what is clipped costs.</summary>
    /// <typeparam name="TClipped">The kernel of clipped weights.</typeparam>
    /// <typeparam name="TWide">The kernel of weights as they are.</typeparam>
    /// <typeparam name="TNarrow">The same for single vectors.</typeparam>
    public static bool IsClippedFaster<TClipped, TWide, TNarrow>()
        where TClipped : struct, ITileKernel
        where TWide : struct, ITileKernel
        where TNarrow : struct, ITileKernel =>
        IsFaster(TClipped.Order, -Excess, ClippedProduct<TClipped>, PanelLoop.Run<TWide, TNarrow>);

    /// <summary>Refuses a value of <see cref="Variable"/> that means nothing, before generated code asks for it where an exception is hard to read.</summary>
    /// <exception cref="InvalidOperationException">It is set to something else than <c>tables</c> or <c>products</c>.</exception>
    internal static void CheckVariable() => Decided();

    // Whether tables are used, when that is decided from outside.
    private static bool? Decided() => Environment.GetEnvironmentVariable(Variable) switch
    {
        null or "" => null,
        "tables" => true,
        "products" => false,
        string other =>
        throw new InvalidOperationException($"the environment variable {Variable} is '{other}', and it must be 'tables' or 'products', or not be set"),
    };

    // Nothing is clipped from the weights of a race.
    private static void ClippedProduct<TKernel>(in QuantizedRows x, in PlacedLinear w, ref float output, int outputStride, ref float scratch)
        where TKernel : struct, ITileKernel =>
        PanelLoop.Run<TKernel>(x, w.StartingAt(ref w.Sums, 0), ref output, outputStride, ref scratch);

    // `margin` is the part of the rival's time that a kernel may lose, or must win by where it is negative.
    private static bool IsFaster(KernelOrder order, int margin, Product kernel, Product rival)
    {
        int codeBytes = (int)PanelPadding.CodeBytes(Rows, Columns, order.Bits, isGrouped: false);
        long perRow = sizeof(float) * Rows;
        long bytes = codeBytes + (5 * perRow) + (Tokens * (Columns + (3 * sizeof(int)))) + (perRow * Tokens) +
            PanelPadding.ScratchBytes(Tokens, Rows, Columns, order.Bits, isGrouped: false) + 4096;
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, 64);
        try
        {
            // Any bytes are codes, and what is computed from them does not matter.
            new Span<byte>(memory, checked((int)bytes)).Fill(0x5A);
            byte* at = memory + codeBytes;
            byte* depths = at + (4 * perRow);
            new Span<int>(depths, Rows).Fill(TypicalDepth);
            var w = new PlacedLinear(
                ref *memory, ref *(float*)at, ref *(int*)(at + perRow), ref *(int*)(at + (2 * perRow)), ref *(float*)(at + (3 * perRow)), ref *(int*)depths,
                Rows, Columns, Columns);
            byte* codes = at + (5 * perRow);
            int* numbers = (int*)(codes + (Tokens * Columns));
            var x = new QuantizedRows(ref *codes, ref *(float*)numbers, ref *(numbers + Tokens), ref *(numbers + (2 * Tokens)), 1, Columns, Tokens);
            float* output = (float*)(numbers + (3 * Tokens));
            float* scratch = (float*)(((nint)(output + (Rows * Tokens)) + 63) & ~63);
            return Race(margin, kernel, rival, x, w, ref *output, ref *scratch);
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    // The best of some laps, in turns: whatever else runs on the machine hits both.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Race(int margin, Product kernel, Product rival, in QuantizedRows x, in PlacedLinear w, ref float output, ref float scratch)
    {
        long first = long.MaxValue;
        long second = long.MaxValue;
        for (int lap = 0; lap < Laps; lap++)
        {
            long start = Stopwatch.GetTimestamp();
            kernel(x, w, ref output, Rows, ref scratch);
            long half = Stopwatch.GetTimestamp();
            rival(x, w, ref output, Rows, ref scratch);
            long end = Stopwatch.GetTimestamp();
            first = Math.Min(first, half - start);
            second = Math.Min(second, end - half);
        }

        return first < second + (second / margin);
    }
}
