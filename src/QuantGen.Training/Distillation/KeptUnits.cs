using System.Globalization;
using QuantGen.Trainable;
using QuantGen.Training.Batching;
using QuantGen.Training.Losses;

namespace QuantGen.Training.Distillation;

/// <summary>Which attention heads and feed-forward neurons of a teacher a narrower student starts from: those whose loss would be missed most.</summary>
/// <remarks>
/// As DynaBERT (Hou et al., 2020) ranks them: what the loss changes, to first order, when a unit is left out, |sum of activation x gradient| over the tokens
/// of a batch, added up over batches. With W the matrix that reads the units, that sum is the one of W x gradient of W over a unit's columns, so that it
/// needs nothing of a pass but the gradients of parameters. A ranking by norms of weights alone would need no batches; it sees neither how often a neuron
/// is active nor what the head makes of it, and a few batches take seconds.
/// </remarks>
public sealed class KeptUnits
{
    private const string HeadReader = "attention.output.dense.weight";
    private const string NeuronReader = "output.dense.weight";

    private KeptUnits(int[][] heads, int[][] neurons)
    {
        Heads = heads;
        Neurons = neurons;
    }

    /// <summary>Gets the heads of each distinct layer of the teacher, ascending.</summary>
    public IReadOnlyList<int[]> Heads { get; }

    /// <summary>Gets the neurons of each distinct layer of the teacher, ascending.</summary>
    public IReadOnlyList<int[]> Neurons { get; }

    /// <summary>Ranks the units of a teacher by the loss of labels.</summary>
    /// <param name="teacher">The teacher, in full precision; nothing of it is frozen afterwards, and its gradients are used and left cleared.</param>
    /// <param name="source">Examples with labels.</param>
    /// <param name="batches">How many batches of the first epoch are looked at; at least 1.</param>
    /// <param name="heads">Heads that are kept, at least 1 and at most the teacher's.</param>
    /// <param name="neurons">Neurons that are kept, at least 1 and at most the teacher's.</param>
    /// <param name="threads">The most threads.</param>
    /// <param name="cancellation">Ends the work between two batches.</param>
    /// <exception cref="ArgumentException">The teacher has no head, so that there is no loss.</exception>
    public static KeptUnits Of(
        ITrainableModel teacher, BatchSource source, int batches, int heads, int neurons, int threads, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfLessThan(batches, 1);
        var objective = new Objective(teacher.Spec, LossOptions.Labels, null, threads);
        foreach (Parameter parameter in teacher.Parameters)
        {
            parameter.IsFrozen = false;
        }

        Parameter[] headReaders = Readers(teacher, HeadReader);
        Parameter[] neuronReaders = Readers(teacher, NeuronReader);
        double[][] headImportance = [.. headReaders.Select(_ => new double[teacher.Spec.Dimensions.Heads])];
        double[][] neuronImportance = [.. neuronReaders.Select(reader => new double[reader.Shape[1]])];
        foreach (int[] rows in source.Plan(0).Take(batches))
        {
            cancellation.ThrowIfCancellationRequested();
            Clear(teacher);
            Batch batch = source.Make(rows, 0);
            teacher.Forward(batch.Inputs, new ForwardOptions(ForwardPurpose.Evaluate));
            objective.Compute(teacher, batch, null);
            teacher.Backward();
            for (int layer = 0; layer < headReaders.Length; layer++)
            {
                Add(headReaders[layer], headImportance[layer]);
                Add(neuronReaders[layer], neuronImportance[layer]);
            }
        }

        Clear(teacher);
        return new KeptUnits(
            [.. headImportance.Select(importance => Highest(importance, heads))], [.. neuronImportance.Select(importance => Highest(importance, neurons))]);
    }

    /// <summary>Copies the kept units' weights, and all others, into a narrower student; one with fewer layers takes those of the layers it
    /// imitates.</summary>
    /// <param name="teacher">The teacher that was ranked.</param>
    /// <param name="student">A student with as many heads and neurons as are kept.</param>
    /// <exception cref="ArgumentException">The student cannot imitate the teacher.</exception>
    public void Copy(ITrainableModel teacher, ITrainableModel student)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(student);
        var layers = new LayerMap(teacher.Spec, student.Spec);
        Dictionary<string, Parameter> sources = teacher.Parameters.ToDictionary(parameter => parameter.Name, StringComparer.Ordinal);
        foreach (Parameter parameter in student.Parameters.Where(StudentInitializer.IsWeight))
        {
            string name = StudentInitializer.SourceName(parameter.Name, teacher, student, layers);
            if (!sources.TryGetValue(name, out Parameter? source) || !StudentInitializer.Fill(parameter, student.Spec, Kept(source, teacher.Spec.HeadSize)))
            {
                throw new ArgumentException($"The teacher has no '{name}' for the student's '{parameter.Name}'.", nameof(teacher));
            }
        }
    }

    private static Parameter[] Readers(ITrainableModel teacher, string part) =>
        [.. Enumerable.Range(0, teacher.Spec.BlockCount).Select(layer => teacher.Parameters.First(p => p.Name == LayerName(layer) + part))];

    private static string LayerName(int layer) => $"encoder.layer.{layer.ToString(CultureInfo.InvariantCulture)}.";

    private static void Clear(ITrainableModel model)
    {
        foreach (Parameter parameter in model.Parameters)
        {
            Array.Clear(parameter.Gradients);
        }
    }

    private static void Add(Parameter reader, double[] importance)
    {
        int columns = reader.Shape[1];
        double[] sums = new double[columns];
        for (int i = 0; i < reader.Values.Length; i++)
        {
            sums[i % columns] += (double)reader.Values[i] * reader.Gradients[i];
        }

        int size = columns / importance.Length;
        for (int unit = 0; unit < importance.Length; unit++)
        {
            importance[unit] += Math.Abs(sums.AsSpan(unit * size, size).ToArray().Sum());
        }
    }

    private static int[] Highest(double[] importance, int count) =>
        [.. Enumerable.Range(0, importance.Length).OrderByDescending(unit => importance[unit]).ThenBy(unit => unit).Take(count).Order()];

    // A kept head is as many rows or columns as a head is wide.
    private float[] Kept(Parameter source, int headSize)
    {
        if (!source.Name.StartsWith("encoder.layer.", StringComparison.Ordinal))
        {
            return source.Values;
        }

        string[] parts = source.Name.Split('.', 4);
        int layer = int.Parse(parts[2], CultureInfo.InvariantCulture);
        int[] OfHeads() => [.. Heads[layer].SelectMany(head => Enumerable.Range(head * headSize, headSize))];
        return parts[3] switch
        {
            HeadReader => Columns(source, OfHeads()),
            NeuronReader => Columns(source, Neurons[layer]),
            string part when part.StartsWith("attention.self.", StringComparison.Ordinal) => Rows(source, OfHeads()),
            string part when part.StartsWith("intermediate.dense.", StringComparison.Ordinal) => Rows(source, Neurons[layer]),
            _ => source.Values,
        };
    }

    private static float[] Rows(Parameter source, int[] rows)
    {
        int width = source.Values.Length / source.Shape[0];
        return [.. rows.SelectMany(row => source.Values.AsSpan(row * width, width).ToArray())];
    }

    private static float[] Columns(Parameter source, int[] columns)
    {
        int width = source.Shape[1];
        return [.. Enumerable.Range(0, source.Shape[0]).SelectMany(row => columns.Select(column => source.Values[(row * width) + column]))];
    }
}
