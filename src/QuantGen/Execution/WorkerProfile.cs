using QuantGen.Linear;

namespace QuantGen.Execution;

/// <summary>One worker's part of an <see cref="OperatorProfile"/>; nothing is allocated once each kind of product has been seen.</summary>
internal sealed class WorkerProfile
{
    // By class, what was multiplied with, and bits.
    private readonly Dictionary<(OperatorClass Operator, MultiplyUnit Unit, int Bits), long> _products = [];
    private readonly Action<MultiplyUnit, int, int, int, int> _listener;
    private Action<MultiplyUnit, int, int, int, int>? _before;
    private OperatorClass _current;
    private long _since;

    public WorkerProfile()
    {
        _listener = (unit, bits, rows, columns, tokens) =>
        {
            Add(unit, bits, (long)rows * columns * tokens);
            _before?.Invoke(unit, bits, rows, columns, tokens);
        };
    }

    /// <summary>Gets the time of each class, in ticks of the stopwatch.</summary>
    public long[] Ticks { get; } = new long[OperatorProfile.ClassCount];

    public IEnumerable<OperatorProducts> Products() => _products.Select(p => new OperatorProducts(p.Key.Operator, p.Key.Unit, p.Key.Bits, p.Value));

    public void Reset()
    {
        Array.Clear(Ticks);
        _products.Clear();
    }

    public void Begin(long now)
    {
        _current = OperatorClass.Wait;
        _since = now;
    }

    public void Attach()
    {
        _before = ProductTrace.Listener;
        ProductTrace.Listener = _listener;
    }

    public void Detach() => ProductTrace.Listener = _before;

    public void Enter(OperatorClass next, long multiplyAdds, long now)
    {
        Ticks[(int)_current] += now - _since;
        _since = now;
        _current = next;
        if (multiplyAdds > 0)
        {
            Add(MultiplyUnits.Floats, 32, multiplyAdds);
        }
    }

    private void Add(MultiplyUnit unit, int bits, long multiplyAdds)
    {
        _products.TryGetValue((_current, unit, bits), out long before);
        _products[(_current, unit, bits)] = before + multiplyAdds;
    }
}
