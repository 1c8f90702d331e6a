using System.Numerics;
using System.Runtime.CompilerServices;
using QuantGen.Generated.Kernels;
using QuantGen.Linear;
using QuantGen.Specs;

namespace QuantGen.Benchmarks.Data;

/// <summary>A linear layer with random weights in the order of the kernel in use here.</summary>
/// <remarks>Any bytes are codes in any order, so they are drawn in place; sums and biases are 0, which changes no time.</remarks>
internal sealed class RandomLayer
{
    // A cache line and the widest vector.
    private const int Alignment = 64;

    private readonly WeightArena _arena;
    private readonly MatrixShape _shape;
    private readonly GeneratedKernel? _kernel;
    private readonly LinearPlace _place;
    private readonly bool _meetsBits;

    /// <summary>Draws a layer's weights.</summary>
    /// <param name="arena">Memory that is still zero at the layer's place.</param>
    /// <param name="offset">First byte, a multiple of 64.</param>
    /// <param name="bits">Bits of a weight; 32 for full precision.</param>
    /// <param name="shape">Outputs and inputs.</param>
    /// <param name="random">What draws.</param>
    /// <param name="activationBits">8, or 1 with one bit.</param>
    public RandomLayer(WeightArena arena, long offset, int bits, MatrixShape shape, Random random, int activationBits = 8)
    {
        _meetsBits = activationBits == 1;
        (_arena, _shape) = (arena, shape);
        long row = RowBytes(shape);
        long scales = offset + CodeBytes(bits, shape);
        _place = new LinearPlace(offset, scales, scales + row, 0, scales + (2 * row), scales + (3 * row));
        if (bits == 32)
        {
            Fill(arena.Floats(offset, FloatPanels.Length(shape.Rows, shape.Columns)), random);
            return;
        }

        _kernel = GeneratedKernel.Of(bits, activationBits);
        Span<byte> codes = arena.Bytes(offset, checked((int)CodeBytes(bits, shape)));
        random.NextBytes(codes);
        if (bits == 8)
        {
            Draw(codes, random);
        }

        arena.Floats(scales, shape.Rows).Fill(0.01f);
        FindDepths();
        ClipPairs();
    }

    /// <summary>Gets the memory of a layer, a multiple of 64 bytes.</summary>
    public static long Bytes(int bits, MatrixShape shape) => CodeBytes(bits, shape) + (4 * RowBytes(shape));

    /// <summary>Draws values of either sign up to 0.05.</summary>
    public static void Fill(Span<float> values, Random random)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (random.NextSingle() - 0.5f) / 10;
        }
    }

    /// <summary>Computes the layer on one thread.</summary>
    /// <param name="x">Activations.</param>
    /// <param name="tokens">How many of them.</param>
    /// <param name="output">First output of the first token; tokens follow each other without gaps.</param>
    /// <param name="scratch">At least <see cref="PanelPadding.ScratchBytes"/>, on a cache line.</param>
    public void Multiply(RandomRows x, int tokens, ref float output, ref float scratch)
    {
        if (_kernel is null)
        {
            F32.Linear(
                ref x.Floats, x.Stride, tokens, ref Floats(_place.Codes), ref Floats(_place.Bias), _shape.Rows, _shape.Columns, ref output, _shape.Rows);
            return;
        }

        ref int sums = ref Unsafe.As<float, int>(ref Floats(_place.Sums));
        ref int depths = ref Unsafe.As<float, int>(ref Floats(_place.Depths));
        var w = new PlacedLinear(
            ref _arena.At(_place.Codes), ref Floats(_place.Scales), ref sums, ref Unsafe.NullRef<int>(), ref Floats(_place.Bias), ref depths, _shape.Rows,
            _shape.Columns, _shape.Columns);
        _kernel.Product(_meetsBits ? x.Planes(tokens) : x.Codes(tokens), w, ref output, _shape.Rows, ref scratch);
    }

    // As the loader does. Random bytes are larger weights than trained ones, so that depths are smaller.
    private void FindDepths()
    {
        if (_kernel is not { Order: { AddsPairs: true } order })
        {
            return;
        }

        Span<int> depths = _arena.Integers(_place.Depths, _shape.Rows);
        int bytes = order.PanelBytes(_shape.Columns);
        for (int row = 0; row < _shape.Rows; row += order.PanelOutputs)
        {
            ReadOnlySpan<byte> panel = _arena.Bytes(_place.Codes + ((long)row / order.PanelOutputs * bytes), bytes);
            depths[row] = PairDepth.Of(order, panel, _shape.Columns, order.PanelOutputs, _shape.Columns);
        }
    }

    // As the loader does.
    private void ClipPairs()
    {
        if (_kernel is not { Order: { ClipsQuads: true } order })
        {
            return;
        }

        int bytes = order.PanelBytes(_shape.Columns);
        int words = PanelPadding.ExcessWords(order.PanelOutputs, _shape.Columns);
        for (int panel = 0; panel < _shape.Rows / order.PanelOutputs; panel++)
        {
            Span<int> excess = _arena.Integers(_place.Codes + ((long)_shape.Rows * _shape.Columns) + (sizeof(int) * (long)words * panel), words);
            PairClipper.Clip(order, _arena.Bytes(_place.Codes + ((long)panel * bytes), bytes), order.PanelOutputs, _shape.Columns, excess);
        }
    }

    // Nearly normal, the largest of a matrix some 4.5 standard deviations from 0: how pairs add up depends on it.
    private static void Draw(Span<byte> codes, Random random)
    {
        foreach (ref byte code in codes)
        {
            ulong bits = (ulong)random.NextInt64();
            code = (byte)(sbyte)((6 * BitOperations.PopCount(bits)) - 190 + (int)(bits & 3));
        }
    }

    private static long CodeBytes(int bits, MatrixShape shape) => Pad(bits == 32
        ? (long)FloatPanels.Length(shape.Rows, shape.Columns) * sizeof(float)
        : PanelPadding.CodeBytes(shape.Rows, shape.Columns, bits, isGrouped: false));

    private static long RowBytes(MatrixShape shape) => Pad((long)PanelPadding.Pad(shape.Rows, PanelPadding.Rows) * sizeof(float));

    private static long Pad(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    private ref float Floats(long offset) => ref Unsafe.As<byte, float>(ref _arena.At(offset));
}
