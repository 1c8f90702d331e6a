using QuantGen.TestModels;

namespace QuantGen.Probe;

/// <summary>Loads a model and writes the exception that a user sees, or <c>loaded</c>.</summary>
internal sealed class KernelVariableProbe : IProbe
{
    /// <inheritdoc/>
    public void Run(string[] arguments)
    {
        try
        {
            TestModel.Named("Bert2").Load().Dispose();
            Console.WriteLine("loaded");
        }
        catch (Exception e)
        {
            Console.WriteLine($"{e.GetType().Name}: {e.Message}");
        }
    }
}
