using System.Runtime.CompilerServices;
using QuantGen.Linear;
using QuantGen.Specs;

namespace QuantGen.Benchmarks.Data;

/// <summary>Random activations of some tokens: as floats, as 8-bit codes with a range for each token, and as planes of one bit.</summary>
internal sealed class RandomRows : IDisposable
{
    private readonly WeightArena _arena;
    private readonly int _columns;
    private readonly long _codes;
    private readonly long _parameters;
    private readonly int _tokens;

    public RandomRows(int tokens, int columns, Random random)
    {
        (_tokens, _columns) = (tokens, columns);
        long cells = (long)tokens * columns;
        _codes = cells * sizeof(float);
        _parameters = _codes + cells;
        _arena = new WeightArena(_parameters + (3L * tokens * sizeof(float)));
        RandomLayer.Fill(_arena.Floats(0, tokens * columns), random);
        random.NextBytes(_arena.Bytes(_codes, tokens * columns));
        _arena.Floats(_parameters, tokens).Fill(0.01f);
        _arena.Integers(_parameters + (tokens * sizeof(float)), tokens).Fill(128);
    }

    public int Stride => _columns;

    public ref float Floats => ref Unsafe.As<byte, float>(ref _arena.At(0));

    /// <summary>Gets the codes of the first tokens.</summary>
    public QuantizedRows Codes(int tokens) => new(
        ref _arena.At(_codes), ref Unsafe.As<byte, float>(ref _arena.At(_parameters)), ref Integers(1), ref Integers(2), 1, _columns, tokens);

    /// <summary>Gets the planes of the first tokens, of a width that is a multiple of <see cref="PanelPadding.PlaneInputs"/>.</summary>
    public QuantizedRows Planes(int tokens) => new(
        ref _arena.At(_codes), ref Unsafe.As<byte, float>(ref _arena.At(_parameters)), ref Integers(2), ref Integers(2), 1, PanelPadding.PlaneBytes(_columns),
        tokens);

    public void Dispose() => _arena.Dispose();

    private ref int Integers(int part) => ref Unsafe.As<byte, int>(ref _arena.At(_parameters + (part * _tokens * (long)sizeof(int))));
}
