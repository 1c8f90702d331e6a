using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using QuantGen.Specs;

namespace QuantGen.Linear;

/// <summary>Rewrites rows of one-bit codes into panels of indices (<see cref="KernelOrder.HasIndices"/>).</summary>
/// <remarks>A row becomes its bytes of six inputs; a panel is the transposition of its rows.</remarks>
internal sealed class IndexPacker : IPanelPacker
{
    private const int Inputs = 6;

    private readonly int _rowBytes;
    private readonly int _indices;

    /// <summary>Prepares for rows of one length.</summary>
    /// <param name="order">The kernel's order.</param>
    /// <param name="columns">Codes of a row in the file.</param>
    public IndexPacker(KernelOrder order, int columns)
    {
        _rowBytes = MatrixSpec.RowBytes(columns, 1);
        _indices = PanelPadding.PlaneIndices(columns);
        PanelOutputs = order.PanelOutputs;
        PanelBytes = order.PanelBytes(columns);
    }

    /// <inheritdoc/>
    public int PanelOutputs { get; }

    /// <inheritdoc/>
    public int PanelBytes { get; }

    /// <inheritdoc/>
    public void Pack(ReadOnlySpan<byte> rows, Span<byte> panel)
    {
        int count = rows.Length / _rowBytes;
        byte[] indices = ArrayPool<byte>.Shared.Rent(count * _indices);
        byte[] padded = ArrayPool<byte>.Shared.Rent(_rowBytes + _indices + sizeof(ushort));
        Array.Clear(padded);
        for (int r = 0; r < count; r++)
        {
            rows.Slice(r * _rowBytes, _rowBytes).CopyTo(padded);
            Cut(padded, indices.AsSpan(r * _indices, _indices));
        }

        Transposition.Run<byte>(indices.AsSpan(0, count * _indices), count, _indices, panel, PanelOutputs);
        ArrayPool<byte>.Shared.Return(padded);
        ArrayPool<byte>.Shared.Return(indices);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Cut(ReadOnlySpan<byte> row, Span<byte> indices)
    {
        for (int i = 0; i < indices.Length; i++)
        {
            int bit = i * Inputs;
            indices[i] = (byte)((BinaryPrimitives.ReadUInt16LittleEndian(row.Slice(bit / 8)) >> (bit % 8)) & 63);
        }
    }
}
