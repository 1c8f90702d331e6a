using System.Runtime.InteropServices;
using QuantGen.Execution;
using QuantGen.Linear;
using QuantGen.TestModels;

namespace QuantGen.Probe;

/// <summary>Runs a model where no foreign library can be found, and writes whether large blocks of weights and two threads work there.</summary>
internal sealed class MissingLibraryProbe : IProbe
{
    /// <inheritdoc/>
    public void Run(string[] arguments)
    {
        NativeLibrary.SetDllImportResolver(typeof(WeightArena).Assembly, (name, _, _) => throw new DllNotFoundException(name));
        using (var large = new WeightArena(16 << 20))
        {
            large.Bytes(0, 1)[0] = 1;
        }

        using InferenceSession session = TestModel.Named("Bert2").Load(options: new LoadOptions { Threads = 2 });
        float[] results = TokenBatch.OfAllLengths(9).Run(session);
        Console.WriteLine(results.All(float.IsFinite) && !Processors.IsSupported);
    }
}
