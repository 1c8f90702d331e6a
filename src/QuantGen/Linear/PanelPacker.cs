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
    private readonly CodeField[] _fields;
    private readonly ElementOrder[] _elements;
    private readonly FieldRow[] _rows;

    /// <summary>Prepares for rows of one length.</summary>
    /// <param name="order">The kernel's order.</param>
    /// <param name="columns">Codes of a row in the file.</param>
    public PanelPacker(KernelOrder order, int columns)
    {
        _order = order;
        _rowBytes = MatrixSpec.RowBytes(columns, order.Bits);
        _elementBytes = KernelOrder.Pad(columns, KernelOrder.ColumnMultiple) / 8 * order.Bits;
        PanelBytes = _elementBytes * order.PanelOutputs;
        _fields = CodeField.Of(order.Bits);
        _elements = [.. _fields.Select(field => new ElementOrder(field.Bits, order.Interleave))];
        _rows = _fields.Length == 1 ? [] : [.. _fields.Select(field => new FieldRow(order.Bits, field))];
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

    // Elements of a pack stand side by side: those of its first part, then of its second.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Join<T>(ReadOnlySpan<byte> part, CodeField field, Span<byte> elements)
        where T : unmanaged
    {
        int planes = _order.PlanesPerPack;
        int count = field.Bits * _order.StepsPerPack / 8;
        ReadOnlySpan<T> parts = MemoryMarshal.Cast<byte, T>(part);
        Span<T> all = MemoryMarshal.Cast<byte, T>(elements);
        for (int pack = 0; pack * planes < all.Length; pack++)
        {
            for (int i = 0; i < count; i++)
            {
                all[(pack * planes) + field.FirstPlane + i] = parts[(pack * count) + i];
            }
        }
    }

    private void OrderRow(ReadOnlySpan<byte> row, Span<byte> scratch, Span<byte> elements)
    {
        // Behind the row: zeros for padded inputs, and for whatever a vector takes beyond them.
        int length = KernelOrder.Pad(_elementBytes, VectorBytes);
        Span<byte> padded = scratch.Slice(0, length);
        row.CopyTo(padded);
        padded.Slice(row.Length).Clear();
        if (_fields.Length == 1)
        {
            _elements[0].Apply(padded);
            padded.Slice(0, elements.Length).CopyTo(elements);
            return;
        }

        for (int i = 0; i < _fields.Length; i++)
        {
            int bytes = elements.Length / _order.Bits * _fields[i].Bits;
            Span<byte> part = scratch.Slice(length, KernelOrder.Pad(bytes, VectorBytes));
            _rows[i].CopyTo(scratch, part.Slice(0, bytes));
            _elements[i].Apply(part);
            switch (_order.Interleave)
            {
                case 4:
                    Join<uint>(part, _fields[i], elements);
                    break;
                case 2:
                    Join<ushort>(part, _fields[i], elements);
                    break;
                default:
                    Join<byte>(part, _fields[i], elements);
                    break;
            }
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
