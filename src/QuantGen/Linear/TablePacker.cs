using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using QuantGen.Specs;

namespace QuantGen.Linear;

/// <summary>Rewrites rows of one- or two-bit codes into the panels of a <see cref="TableOrder"/>.</summary>
/// <remarks>A row becomes its words, plane after plane in each; a panel is the transposition of its rows, taken in the order of their lanes.</remarks>
internal sealed class TablePacker : IPanelPacker
{
    private const int Inputs = PanelPadding.TableWordInputs;

    // The two indices of twelve inputs, each with its inputs in the order 4, 0, 1, 2, 3, 5.
    private static readonly ushort[] s_words = [.. Enumerable.Range(0, 1 << Inputs).Select(inputs => (ushort)(Index(inputs & 63) | (Index(inputs >> 6) << 6)))];

    private readonly TableOrder _order;
    private readonly int _rowBytes;
    private readonly int _elements;

    /// <summary>Prepares for rows of one length.</summary>
    /// <param name="order">The kernel's order.</param>
    /// <param name="panelOutputs">Rows of a panel: whole granules.</param>
    /// <param name="columns">Codes of a row in the file.</param>
    public TablePacker(TableOrder order, int panelOutputs, int columns)
    {
        _order = order;
        _rowBytes = MatrixSpec.RowBytes(columns, order.Bits);
        _elements = order.Words(columns) * order.Bits;
        PanelOutputs = panelOutputs;
        PanelBytes = panelOutputs / TableOrder.GranuleOutputs * order.GranuleBytes(columns);
    }

    /// <inheritdoc/>
    public int PanelOutputs { get; }

    /// <inheritdoc/>
    public int PanelBytes { get; }

    /// <inheritdoc/>
    public void Pack(ReadOnlySpan<byte> rows, Span<byte> panel)
    {
        int rowElements = _elements * _order.LaneBytes;
        byte[] elements = ArrayPool<byte>.Shared.Rent(PanelOutputs * rowElements);
        byte[] padded = ArrayPool<byte>.Shared.Rent(_rowBytes + sizeof(ulong) + rowElements);
        Array.Clear(elements, 0, PanelOutputs * rowElements);
        Array.Clear(padded);
        for (int r = 0; r * _rowBytes < rows.Length; r++)
        {
            rows.Slice(r * _rowBytes, _rowBytes).CopyTo(padded);
            int lane = (r & ~(TableOrder.GranuleOutputs - 1)) + _order.Lane(r % TableOrder.GranuleOutputs);
            Span<byte> target = elements.AsSpan(lane * rowElements, rowElements);
            if (_order.LaneBytes == 1)
            {
                // Bytes of eight one-bit codes already are two indices, low first.
                padded.AsSpan(0, rowElements).CopyTo(target);
            }
            else if (_order.Bits == 1)
            {
                OneBit(padded, MemoryMarshal.Cast<byte, ushort>(target));
            }
            else
            {
                TwoBits(padded, MemoryMarshal.Cast<byte, ushort>(target));
            }
        }

        ReadOnlySpan<byte> source = elements.AsSpan(0, PanelOutputs * rowElements);
        if (_order.LaneBytes == 1)
        {
            Transposition.Run(source, PanelOutputs, _elements, panel, PanelOutputs);
        }
        else
        {
            Transposition.Run(MemoryMarshal.Cast<byte, ushort>(source), PanelOutputs, _elements, MemoryMarshal.Cast<byte, ushort>(panel), PanelOutputs);
        }

        ArrayPool<byte>.Shared.Return(padded);
        ArrayPool<byte>.Shared.Return(elements);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneBit(ReadOnlySpan<byte> row, Span<ushort> words)
    {
        for (int word = 0; word < words.Length; word++)
        {
            int bit = word * Inputs;
            uint window = BinaryPrimitives.ReadUInt32LittleEndian(row.Slice(bit / 8)) >> (bit % 8);
            words[word] = s_words[window & ((1 << Inputs) - 1)];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwoBits(ReadOnlySpan<byte> row, Span<ushort> words)
    {
        // Twelve codes are three bytes.
        for (int word = 0; word < words.Length; word += 2)
        {
            uint codes = BinaryPrimitives.ReadUInt32LittleEndian(row.Slice(word / 2 * 3)) & 0xFFFFFF;
            words[word] = s_words[EvenBits(codes)];
            words[word + 1] = s_words[EvenBits(codes >> 1)];
        }
    }

    // Every other one of 24 bits.
    private static uint EvenBits(uint x)
    {
        if (Bmi2.IsSupported)
        {
            return Bmi2.ParallelBitExtract(x, 0x555555);
        }

        x &= 0x555555;
        x = (x | (x >> 1)) & 0x333333;
        x = (x | (x >> 2)) & 0x0F0F0F;
        return (x & 0xF) | ((x >> 4) & 0xF0) | ((x >> 8) & 0xF00);
    }

    private static int Index(int inputs) => ((inputs & 15) << 1) | ((inputs >> 4) & 1) | (inputs & 32);
}
