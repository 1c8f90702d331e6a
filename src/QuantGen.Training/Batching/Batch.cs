using QuantGen.Trainable;

namespace QuantGen.Training.Batching;

/// <summary>Some examples as a model takes them, and what it should say.</summary>
public sealed class Batch
{
    /// <summary>Joins examples.</summary>
    /// <param name="examples">The examples; at least one.</param>
    public Batch(IReadOnlyList<Example> examples)
        : this(examples, Join(examples), TargetsOf(examples))
    {
    }

    internal Batch(IReadOnlyList<Example> examples, TrainingBatch inputs, int[] targets)
    {
        Examples = examples;
        Inputs = inputs;
        Targets = targets;
    }

    /// <summary>Gets the examples in the order of <see cref="Inputs"/>.</summary>
    public IReadOnlyList<Example> Examples { get; }

    /// <summary>Gets what the model computes.</summary>
    public TrainingBatch Inputs { get; }

    /// <summary>
    /// Gets the class of each row of the model's outputs, <see cref="Example.Ignored"/> for rows that are not counted; empty where the outputs are no classes.
    /// </summary>
    public int[] Targets { get; }

    internal static TrainingBatch Join(IReadOnlyList<Example> examples)
    {
        int[] starts = new int[examples.Count + 1];
        for (int s = 0; s < examples.Count; s++)
        {
            starts[s + 1] = starts[s] + examples[s].Length;
        }

        int[] ids = new int[starts[^1]];
        byte[] types = new byte[starts[^1]];
        for (int s = 0; s < examples.Count; s++)
        {
            examples[s].Ids.CopyTo(ids, starts[s]);
            examples[s].Types.CopyTo(types, starts[s]);
        }

        return new TrainingBatch(ids, types, starts);
    }

    private static int[] TargetsOf(IReadOnlyList<Example> examples)
    {
        if (examples[0].Tags is not null)
        {
            return [.. examples.SelectMany(example => example.Tags!)];
        }

        bool areClasses = examples[0].Classes is null && examples.All(example => example.Label >= 0 && example.Label == Math.Floor(example.Label));
        return areClasses ? [.. examples.Select(example => (int)example.Label)] : [];
    }
}
