using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using QuantGen.Execution;
using QuantGen.Kernels;
using QuantGen.Lanes;
using QuantGen.Quantization;
using QuantGen.TestModels;

namespace QuantGen.Probe;

/// <summary>
/// Runs the small models without floats, and one with them to compare with, so that the runtime compiles all that they call; and has it compile what
/// other numbers of tokens or bits would need.
/// </summary>
internal sealed class IntegerBitsProbe : IProbe
{
    private const string NeverAhead = "What is looked at is code of the just-in-time compiler; compiled ahead of time, other probes run.";

    private const BindingFlags Every =
        BindingFlags.DeclaredOnly | BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <inheritdoc/>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = NeverAhead)]
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = NeverAhead)]
    public void Run(string[] arguments)
    {
        IEnumerable<Type> generated = TestModel.Kernels.Where(type => type.Name.EndsWith("Integer", StringComparison.Ordinal))
            .SelectMany(type => type.GetNestedTypes(BindingFlags.NonPublic));
        IEnumerable<Type> runtime = typeof(FixedPoint).Assembly.GetTypes().Where(type => type.Namespace is "QuantGen.Kernels" or "QuantGen.Quantization");
        foreach (MethodInfo method in generated.Concat(runtime).SelectMany(type => type.GetMethods(Every)))
        {
            if (!method.ContainsGenericParameters && method.GetMethodBody() is not null)
            {
                RuntimeHelpers.PrepareMethod(method.MethodHandle);
            }
        }

        // Tiles that these models' heads and sequences are too small for.
        foreach (MethodInfo tile in typeof(TileProduct).GetMethods(Every).Where(method => method.Name.StartsWith("Tile", StringComparison.Ordinal)))
        {
            foreach (Type lanes in (Type[])[typeof(Lanes512), typeof(Lanes256), typeof(Lanes128), typeof(LanesScalar)])
            {
                RuntimeHelpers.PrepareMethod(tile.MethodHandle, [lanes.TypeHandle, typeof(ITileStep.IntegerSums).TypeHandle]);
            }
        }

        foreach (TestModel model in TestModel.All.Where(model => model.Spec.IsInteger || model.Name == "Bert8"))
        {
            using InferenceSession session = model.Load(options: new LoadOptions { Threads = 1 });
            float sum = TokenBatch.OfAllLengths(20).Run(session).Sum() + TokenBatch.Of([1], seed: 3).Run(session).Sum();
            Console.WriteLine($"{model.Name}\t{sum}");
        }
    }
}
