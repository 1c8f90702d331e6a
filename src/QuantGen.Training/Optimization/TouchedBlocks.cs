using System.Runtime.InteropServices;

namespace QuantGen.Training.Optimization;

/// <summary>Which blocks of an embedding ever had a gradient. Moments of the others are zero: words that no batch has had need no Adam.</summary>
/// <remarks>It looks at the gradients themselves, because nobody else knows of all who write them. Chunks may be worked on at the same time.</remarks>
/// <param name="elements">Elements of the embedding.</param>
internal sealed class TouchedBlocks(int elements)
{
    /// <summary>Elements of a block: few beside a row, many beside a vector. Chunks consist of whole blocks.</summary>
    public const int Size = 64;

    private readonly bool[] _isTouched = new bool[(elements + Size - 1) / Size];

    /// <summary>Adds the blocks of a chunk that have any number but a positive zero.</summary>
    /// <param name="numbers">The chunk.</param>
    /// <param name="first">Its first element, where a block begins.</param>
    public void Add(ReadOnlySpan<float> numbers, int first)
    {
        // By bits: a gradient of minus zero is to be cleared as well.
        ReadOnlySpan<int> bits = MemoryMarshal.Cast<float, int>(numbers);
        for (int at = 0; at < bits.Length; at += Size)
        {
            ref bool isTouched = ref _isTouched[(first + at) / Size];
            isTouched = isTouched || bits.Slice(at, Math.Min(Size, bits.Length - at)).ContainsAnyExcept(0);
        }
    }

    /// <summary>Adds all blocks.</summary>
    public void AddAll() => Array.Fill(_isTouched, true);

    /// <summary>Finds how far blocks are like the first one.</summary>
    /// <param name="first">An element, where a block begins.</param>
    /// <param name="end">Behind the last element to look at.</param>
    /// <param name="isTouched">Whether these ever had a gradient.</param>
    /// <returns>The element behind them.</returns>
    public int RunEnd(int first, int end, out bool isTouched)
    {
        int block = first / Size;
        int last = (end + Size - 1) / Size;
        isTouched = _isTouched[block];
        int length = _isTouched.AsSpan(block, last - block).IndexOf(!isTouched);
        return length < 0 ? end : first + (length * Size);
    }
}
