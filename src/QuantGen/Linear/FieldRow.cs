using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using QuantGen.Specs;

namespace QuantGen.Linear;

/// <summary>Copies one part of every code of a row to a row of its own, which has no borders across bytes.</summary>
internal readonly struct FieldRow
{
    /// <summary>Codes that a step takes: as many bytes as a code has bits.</summary>
    private const int Codes = 8;

    private readonly int _bits;
    private readonly CodeField _field;
    private readonly ulong _parts;
    private readonly ulong _evenOfEight;
    private readonly ulong _oddOfEight;
    private readonly ulong _evenOfFour;
    private readonly ulong _oddOfFour;
    private readonly ulong _first;
    private readonly ulong _second;

    /// <summary>Prepares a part.</summary>
    /// <param name="bits">Bits of a code: 3, 5, 6 or 7.</param>
    /// <param name="field">The part, of 1, 2 or 4 bits.</param>
    public FieldRow(int bits, CodeField field)
    {
        (_bits, _field) = (bits, field);
        int part = field.Bits;
        _parts = Every(part, bits, 8) << field.Offset;
        _evenOfEight = Every(part, 2 * bits, 4);
        _oddOfEight = _evenOfEight << part;
        _evenOfFour = Every(2 * part, 4 * bits, 2);
        _oddOfFour = _evenOfFour << (2 * part);
        _first = Every(4 * part, 0, 1);
        _second = _first << (4 * part);
    }

    /// <summary>Copies the part of all codes.</summary>
    /// <param name="row">The codes, lowest bits first, and up to seven more bytes, which are not used.</param>
    /// <param name="target">Receives the part; its length says how many codes there are, a multiple of 8.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void CopyTo(ReadOnlySpan<byte> row, Span<byte> target)
    {
        FieldRow self = this;
        for (int i = 0; i * self._field.Bits < target.Length; i++)
        {
            uint part = self.Squeeze(BinaryPrimitives.ReadUInt64LittleEndian(row.Slice(i * self._bits)));
            Span<byte> place = target.Slice(i * self._field.Bits);
            switch (self._field.Bits)
            {
                case 4:
                    BinaryPrimitives.WriteUInt32LittleEndian(place, part);
                    break;
                case 2:
                    BinaryPrimitives.WriteUInt16LittleEndian(place, (ushort)part);
                    break;
                default:
                    place[0] = (byte)part;
                    break;
            }
        }
    }

    // As many bits as a part has at every code's place.
    private static ulong Every(int part, int distance, int count)
    {
        ulong mask = 0;
        for (int i = 0; i < count; i++)
        {
            mask |= ((1UL << part) - 1) << (i * distance);
        }

        return mask;
    }

    // Parts move together: first in pairs of codes, then in fours, at last all eight.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Squeeze(ulong codes)
    {
        int gap = _bits - _field.Bits;
        ulong x = (codes & _parts) >> _field.Offset;
        x = (x & _evenOfEight) | ((x >> gap) & _oddOfEight);
        x = (x & _evenOfFour) | ((x >> (2 * gap)) & _oddOfFour);
        return (uint)((x & _first) | ((x >> (4 * gap)) & _second));
    }
}
