using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace QuantGen.Execution;

/// <summary>Moves the rows of sequences' first tokens, the only ones that a pooled head reads, together and back.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class FirstTokens
{
    /// <summary>Finds the sequences that begin in a range of tokens.</summary>
    /// <param name="pass">The batch.</param>
    /// <param name="first">The range's first token.</param>
    /// <param name="count">Its number of tokens.</param>
    public static (int First, int Count) SequencesIn(ForwardPass pass, int first, int count)
    {
        ReadOnlySpan<int> starts = pass.Starts[..pass.SequenceCount];
        int from = LowerBound(starts, first);
        return (from, LowerBound(starts, first + count) - from);
    }

    /// <summary>Copies the rows of sequences' first tokens, one behind the other.</summary>
    /// <typeparam name="T">Floats, or integers of a model without them.</typeparam>
    /// <param name="pass">The batch.</param>
    /// <param name="sequence">The first sequence.</param>
    /// <param name="count">Number of sequences.</param>
    /// <param name="rows">The row of the batch's first token.</param>
    /// <param name="stride">Floats from token to token.</param>
    /// <param name="columns">Floats to copy.</param>
    /// <param name="target">Receives <c>[sequences, columns]</c>.</param>
    public static void Gather<T>(ForwardPass pass, int sequence, int count, ref T rows, int stride, int columns, ref T target)
        where T : unmanaged
    {
        ReadOnlySpan<int> starts = pass.Starts.Slice(sequence, count);
        for (int i = 0; i < starts.Length; i++)
        {
            Row(ref rows, starts[i], stride, columns).CopyTo(Row(ref target, i, columns, columns));
        }
    }

    /// <summary>Copies rows that stand one behind the other to sequences' first tokens.</summary>
    /// <typeparam name="T">Floats, or integers of a model without them.</typeparam>
    /// <param name="pass">The batch.</param>
    /// <param name="sequence">The first sequence.</param>
    /// <param name="count">Number of sequences.</param>
    /// <param name="source">The rows, <c>[sequences, columns]</c>.</param>
    /// <param name="columns">Floats to copy.</param>
    /// <param name="rows">The row of the batch's first token.</param>
    /// <param name="stride">Floats from token to token.</param>
    public static void Scatter<T>(ForwardPass pass, int sequence, int count, ref T source, int columns, ref T rows, int stride)
        where T : unmanaged
    {
        ReadOnlySpan<int> starts = pass.Starts.Slice(sequence, count);
        for (int i = 0; i < starts.Length; i++)
        {
            Row(ref source, i, columns, columns).CopyTo(Row(ref rows, starts[i], stride, columns));
        }
    }

    private static Span<T> Row<T>(ref T rows, int row, int stride, int columns)
        where T : unmanaged =>
        MemoryMarshal.CreateSpan(ref Unsafe.Add(ref rows, (nint)row * stride), columns);

    // The number of sequences that begin before a token.
    private static int LowerBound(ReadOnlySpan<int> starts, int token)
    {
        int at = starts.BinarySearch(token);
        return at < 0 ? ~at : at;
    }
}
