using System.Reflection;
using System.Runtime.Loader;
using QuantGen.Execution;
using QuantGen.Specs;
using QuantGen.Trainable;

namespace QuantGen.Cli.Compilation;

/// <summary>Loads compiled models.</summary>
internal static class ProgramAssembly
{
    /// <summary>Loads an assembly and makes the program in it.</summary>
    /// <param name="assembly">The bytes of the assembly.</param>
    /// <param name="target">The class in it.</param>
    /// <param name="wanted">The model it must be for.</param>
    /// <exception cref="InvalidOperationException">The assembly lacks the class or is for another model.</exception>
    public static IEncoderProgram Load(byte[] assembly, CompilationTarget target, ModelSpec wanted)
    {
        // A context of its own: two models may be compiled under one name.
        Assembly loaded = new ModelContext().LoadFromStream(new MemoryStream(assembly));
        if (loaded.GetType(target.ProgramName) is not Type type || Activator.CreateInstance(type, nonPublic: true) is not IEncoderProgram program)
        {
            throw new InvalidOperationException($"the compiled assembly has no '{target.ProgramName}'");
        }

        return SpecDifference.First(wanted, program.Spec) is SpecDifference difference
            ? throw new InvalidOperationException($"the generator made code for another model: {difference}")
            : program;
    }

    /// <summary>Loads an assembly and makes the trainable model in it.</summary>
    /// <param name="assembly">The bytes of the assembly.</param>
    /// <param name="target">The class in it.</param>
    /// <param name="wanted">The model it must be for.</param>
    /// <param name="options">Threads, dropout and how quantizers begin.</param>
    /// <exception cref="InvalidOperationException">The assembly lacks the class or is for another model.</exception>
    public static ITrainableModel LoadTrainable(byte[] assembly, CompilationTarget target, ModelSpec wanted, TrainableOptions options)
    {
        Assembly loaded = new ModelContext().LoadFromStream(new MemoryStream(assembly));
        if (loaded.GetType(target.FullName)?.GetMethod("CreateTrainable", [typeof(TrainableOptions)]) is not MethodInfo create
            || create.Invoke(null, [options]) is not ITrainableModel model)
        {
            throw new InvalidOperationException($"the compiled assembly has no '{target.FullName}.CreateTrainable'");
        }

        return SpecDifference.First(wanted, model.Spec) is SpecDifference difference
            ? throw new InvalidOperationException($"the generator made code for another model: {difference}")
            : model;
    }

    private sealed class ModelContext() : AssemblyLoadContext("compiled model")
    {
        // The program must implement the interface of the library that is already loaded.
        protected override Assembly? Load(AssemblyName assemblyName) =>
            assemblyName.Name == typeof(InferenceSession).Assembly.GetName().Name ? typeof(InferenceSession).Assembly : null;
    }
}
