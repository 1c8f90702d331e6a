using System.Runtime.CompilerServices;
using QuantGen.Linear;
using QuantGen.Specs;

namespace QuantGen.Benchmarks.Data;

/// <summary>The linear layers of an encoder and nothing else: distinct matrices one after the other in memory, as a loaded model has them.</summary>
/// <remarks>Together they are larger than the caches near a core, so that each is cold when its turn comes.</remarks>
internal sealed class LayerStack : IDisposable
{
    private static readonly MatrixShape s_square = new(768, 768);
    private static readonly MatrixShape s_up = new(3072, 768);
    private static readonly MatrixShape s_down = new(768, 3072);

    // Query, key and value are a matrix of 2304 rows in three parts.
    private static readonly MatrixShape[] s_layer = [s_square, s_square, s_square, s_square, s_up, s_down];

    private readonly WeightArena _weights;
    private readonly WeightArena _results;
    private readonly RandomRows _narrow;
    private readonly RandomRows _wide;
    private readonly (MatrixShape Shape, RandomLayer Layer)[] _layers;
    private readonly long _scratch;

    /// <summary>Draws weights and activations.</summary>
    /// <param name="bits">Bits of a weight; 32 for full precision.</param>
    /// <param name="tokens">The most tokens.</param>
    /// <param name="shapes">Shapes in the order of computation.</param>
    /// <param name="activationBits">8, or 1 with one bit.</param>
    public LayerStack(int bits, int tokens, IReadOnlyList<MatrixShape> shapes, int activationBits = 8)
    {
        var random = new Random(bits);
        MultiplyAddsPerToken = shapes.Sum(shape => shape.MultiplyAdds);
        _weights = new WeightArena(shapes.Sum(shape => RandomLayer.Bytes(bits, shape)));
        _layers = new (MatrixShape, RandomLayer)[shapes.Count];
        long offset = 0;
        for (int i = 0; i < shapes.Count; i++)
        {
            _layers[i] = (shapes[i], new RandomLayer(_weights, offset, bits, shapes[i], random, activationBits));
            offset += RandomLayer.Bytes(bits, shapes[i]);
        }

        _narrow = new RandomRows(tokens, shapes.Min(shape => shape.Columns), random);
        _wide = new RandomRows(tokens, shapes.Max(shape => shape.Columns), random);
        _scratch = (long)tokens * shapes.Max(shape => shape.Rows) * sizeof(float);
        _results = new WeightArena(_scratch + Math.Max(
            tokens * (long)PanelPadding.PlanePanel * sizeof(float),
            shapes.Max(shape => PanelPadding.ScratchBytes(tokens, shape.Rows, shape.Columns, bits, isGrouped: false))));
    }

    /// <summary>Gets the shapes of BERT-base.</summary>
    public static IReadOnlyList<MatrixShape> BertBase { get; } = [.. Enumerable.Repeat(s_layer, 12).SelectMany(layer => layer)];

    /// <summary>Gets each shape of BERT-base once.</summary>
    public static IReadOnlyList<MatrixShape> Shapes { get; } = [s_square, s_up, s_down];

    public long MultiplyAddsPerToken { get; }

    /// <summary>Computes all layers on the calling thread.</summary>
    /// <param name="tokens">How many, up to those the stack was made for.</param>
    public void Multiply(int tokens)
    {
        ref float output = ref Unsafe.As<byte, float>(ref _results.At(0));
        ref float scratch = ref Unsafe.As<byte, float>(ref _results.At(_scratch));
        foreach ((MatrixShape shape, RandomLayer layer) in _layers)
        {
            layer.Multiply(shape.Columns == _wide.Stride ? _wide : _narrow, tokens, ref output, ref scratch);
        }
    }

    public void Dispose()
    {
        _weights.Dispose();
        _results.Dispose();
        _narrow.Dispose();
        _wide.Dispose();
    }
}
