namespace QuantGen.Linear;

/// <summary>What is known of a <see cref="MultiplyUnit"/>.</summary>
/// <param name="Unit">The unit.</param>
/// <param name="Title">Its instructions, as users are shown them.</param>
/// <param name="MultiplyAdds">Multiply-adds of one step, an addition that follows it included.</param>
/// <param name="Rate">Measures steps per second of the calling thread, on a machine that has them.</param>
internal sealed record UnitRow(MultiplyUnit Unit, string Title, int MultiplyAdds, Func<double> Rate)
{
    /// <summary>Gets whether a step adds one plane of bits, of which a weight has as many as it has bits.</summary>
    public bool IsPlane { get; init; }
}
