using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using QuantGen.Specs;

namespace QuantGen.Linear;

/// <summary>Rewrites rows of codes from the file's order into the panels of a <see cref="KernelOrder"/>. Several threads may use one packer.</summary>
/// <remarks>
/// A row becomes a list of elements, one for every plane: the codes of an output that stand together in a panel
/// (<see cref="ElementOrder"/>). A panel is then the transposition of its rows' elements.
/// </remarks>
internal sealed class PanelPacker : IPanelPacker
{
    private const int VectorBytes = 32;
    private readonly KernelOrder _order;
    private readonly int _rowBytes;
    private readonly int _elementBytes;
    private readonly ElementOrder _elements;
    private readonly ElementOrder _highBits;

    /// <summary>Prepares for rows of one length.</summary>
    /// <param name="order">The kernel's order.</param>
    /// <param name="columns">Codes of a row in the file.</param>
    public PanelPacker(KernelOrder order, int columns)
    {
        _order = order;
        _rowBytes = MatrixSpec.RowBytes(columns, order.Bits);
        _elementBytes = KernelOrder.Pad(columns, KernelOrder.ColumnMultiple) / 8 * order.Bits;
        PanelBytes = _elementBytes * order.PanelOutputs;

        // Three bits are two bits and one bit.
        _elements = new ElementOrder(order.Bits == 3 ? 2 : order.Bits, order.Interleave);
        _highBits = new ElementOrder(1, order.Interleave);
    }

    /// <inheritdoc/>
    public int PanelOutputs => _order.PanelOutputs;

    /// <inheritdoc/>
    public int PanelBytes { get; }

    /// <inheritdoc/>
    public void Pack(ReadOnlySpan<byte> rows, Span<byte> panel)
    {
        int count = rows.Length / _rowBytes;
        byte[] elements = ArrayPool<byte>.Shared.Rent(count * _elementBytes);
        byte[] scratch = ArrayPool<byte>.Shared.Rent((2 * _elementBytes) + (4 * VectorBytes));
        for (int r = 0; r < count; r++)
        {
            OrderRow(rows.Slice(r * _rowBytes, _rowBytes), scratch, elements.AsSpan(r * _elementBytes, _elementBytes));
        }

        Transpose(elements.AsSpan(0, count * _elementBytes), count, panel);
        ArrayPool<byte>.Shared.Return(scratch);
        ArrayPool<byte>.Shared.Return(elements);
    }

    // Three-bit elements of a pack stand side by side: low bits of its first half, of its second half, and all high bits.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Join<T>(ReadOnlySpan<byte> low, ReadOnlySpan<byte> high, Span<byte> elements)
        where T : unmanaged
    {
        ReadOnlySpan<T> lows = MemoryMarshal.Cast<byte, T>(low);
        ReadOnlySpan<T> highs = MemoryMarshal.Cast<byte, T>(high);
        Span<T> all = MemoryMarshal.Cast<byte, T>(elements);
        for (int pack = 0; pack * 3 < all.Length; pack++)
        {
            all[pack * 3] = lows[pack * 2];
            all[(pack * 3) + 1] = lows[(pack * 2) + 1];
            all[(pack * 3) + 2] = highs[pack];
        }
    }

    private void OrderRow(ReadOnlySpan<byte> row, Span<byte> scratch, Span<byte> elements)
    {
        // Behind the row: zeros for padded inputs, and for whatever a vector takes beyond them.
        int length = KernelOrder.Pad(_elementBytes, VectorBytes);
        Span<byte> padded = scratch.Slice(0, length);
        row.CopyTo(padded);
        padded.Slice(row.Length).Clear();
        if (_order.Bits != 3)
        {
            _elements.Apply(padded);
            padded.Slice(0, elements.Length).CopyTo(elements);
            return;
        }

        int highBytes = elements.Length / 3;
        Span<byte> low = scratch.Slice(length, KernelOrder.Pad(2 * highBytes, VectorBytes));
        Span<byte> high = scratch.Slice(length + low.Length, KernelOrder.Pad(highBytes, VectorBytes));
        ThreeBitRow.Split(scratch, low.Slice(0, 2 * highBytes), high.Slice(0, highBytes));
        _elements.Apply(low);
        _highBits.Apply(high);
        switch (_order.Interleave)
        {
            case 4:
                Join<uint>(low, high, elements);
                break;
            case 2:
                Join<ushort>(low, high, elements);
                break;
            default:
                Join<byte>(low, high, elements);
                break;
        }
    }

    private void Transpose(ReadOnlySpan<byte> elements, int rows, Span<byte> panel)
    {
        switch (_order.Interleave)
        {
            case 4:
                Transpose<uint>(elements, rows, panel);
                break;
            case 2:
                Transpose<ushort>(elements, rows, panel);
                break;
            default:
                Transpose<byte>(elements, rows, panel);
                break;
        }
    }

    private void Transpose<T>(ReadOnlySpan<byte> elements, int rows, Span<byte> panel)
        where T : unmanaged
    {
        ReadOnlySpan<T> source = MemoryMarshal.Cast<byte, T>(elements);
        Transposition.Run(source, rows, source.Length / rows, MemoryMarshal.Cast<byte, T>(panel), _order.PanelOutputs);
    }
}
