using QuantGen.Architectures;
using QuantGen.Checkpoints;
using QuantGen.Trainable;
using QuantGen.Training.Distillation;
using QuantGen.Training.Randomness;

namespace QuantGen.Training.Checkpointing;

/// <summary>Fills a trainable model with the weights of a checkpoint.</summary>
public static class CheckpointWeights
{
    /// <summary>Reads all weights; the checkpoint must have exactly those of the model.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="ModelFormatException">Tensors are missing, unexpected, of another shape or not finite.</exception>
    public static void Load(Checkpoint checkpoint, ITrainableModel model)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(model);
        Parameter[] weights = [.. model.Parameters.Where(StudentInitializer.IsWeight)];
        checkpoint.RequireExactly(weights.Select(parameter => (parameter.Name, parameter.Shape.ToArray())));
        Array.ForEach(weights, parameter => checkpoint.Read(parameter.Name, parameter.Values));
    }

    /// <summary>Reads the encoder, and of the head what the checkpoint has in the model's shape; the rest of the head starts at random.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="model">The model.</param>
    /// <param name="seed">What the random part depends on.</param>
    /// <returns>The names of what starts at random.</returns>
    /// <exception cref="ModelFormatException">Tensors of the encoder are missing, unexpected, of another shape or not finite.</exception>
    public static IReadOnlyList<string> LoadEncoder(Checkpoint checkpoint, ITrainableModel model, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(model);
        Parameter[] weights = [.. model.Parameters.Where(StudentInitializer.IsWeight)];
        ModelFamily family = ModelFamilies.Of(model.Spec.Dimensions.Architecture);
        Parameter[] fresh = [.. weights.Where(parameter => family.IsOfHead(parameter.Name) && !Has(checkpoint, parameter))];
        Parameter[] kept = [.. weights.Except(fresh)];
        IEnumerable<(string, int[])> otherHead = checkpoint.Tensors.Values
            .Where(tensor => family.IsOfHead(tensor.Name) && !kept.Any(parameter => parameter.Name == tensor.Name))
            .Select(tensor => (tensor.Name, tensor.Shape.Select(n => (int)n).ToArray()));
        checkpoint.RequireExactly(kept.Select(parameter => (parameter.Name, parameter.Shape.ToArray())).Concat(otherHead));
        Array.ForEach(kept, parameter => checkpoint.Read(parameter.Name, parameter.Values));
        Array.ForEach(fresh, parameter => RandomInitialization.Fill(parameter, seed));
        return [.. fresh.Select(parameter => parameter.Name)];
    }

    /// <summary>Lets all weights start at random.</summary>
    /// <param name="model">The model.</param>
    /// <param name="seed">What the numbers depend on.</param>
    public static void Randomize(ITrainableModel model, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(model);
        foreach (Parameter parameter in model.Parameters.Where(StudentInitializer.IsWeight))
        {
            RandomInitialization.Fill(parameter, seed);
        }
    }

    private static bool Has(Checkpoint checkpoint, Parameter parameter) => checkpoint.Tensors.TryGetValue(parameter.Name, out CheckpointTensor? tensor)
        && tensor.Shape.Select(n => (int)n).SequenceEqual(parameter.Shape);
}
