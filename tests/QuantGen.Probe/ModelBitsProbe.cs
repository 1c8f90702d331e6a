using System.Runtime.InteropServices;
using QuantGen.Execution;
using QuantGen.Specs;
using QuantGen.TestModels;

namespace QuantGen.Probe;

/// <summary>Writes, for every small model, the instruction set of its kernels and the SHA-256 of its results for sequences of 1 to 20 tokens.</summary>
internal sealed class ModelBitsProbe : IProbe
{
    /// <inheritdoc/>
    public void Run(string[] arguments)
    {
        foreach (TestModel model in TestModel.All)
        {
            using InferenceSession session = model.Load();
            float[] results = TokenBatch.OfAllLengths(20).Run(session);

            // One token alone and few tokens take other kernels than many.
            float[] few = TokenBatch.Of([1], seed: 3).Run(session);
            byte[] bytes = [.. MemoryMarshal.AsBytes<float>(results), .. MemoryMarshal.AsBytes<float>(few)];
            Console.WriteLine($"{model.Name}\t{session.InstructionSet}\t{Sha256.Hex(bytes)}");
        }
    }
}
