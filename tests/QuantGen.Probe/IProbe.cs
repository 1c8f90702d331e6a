namespace QuantGen.Probe;

/// <summary>A check that needs a process of its own, because it depends on a setting the runtime reads when it starts.</summary>
public interface IProbe
{
    /// <summary>Runs the check; what it writes to standard output is its result, and an exception is its failure.</summary>
    void Run(string[] arguments);
}
