using QuantGen.Graph;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.Evaluation;
using QuantGen.Training.PostTraining.Solving;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Finds what enters the first layer of an encoder, for steps that work on layers.</summary>
internal static class LayerInputs
{
    private const string Full = "full";
    private const string Rounded = "rounded";
    private const string Lengths = "lengths";

    // Most sizes of batches are among the first of so many.
    private const int LastGrowth = 64;

    /// <summary>Says why a model's layers cannot be worked on one after the other; null when they can.</summary>
    public static string? Refusal(ModelSpec spec) =>
        spec.Graph.IsShared ? "its layers share their weights"
        : spec.HasResidualFactors ? "its residuals have factors, which are not trained"
        : !spec.Matrices.Any(matrix => matrix.IsUniform && LayerNames.IsInLayer(matrix.Name)) ? "no layer has evenly spaced codes"
        : spec.Matrices.Any(matrix => matrix.HasCodebook) ? "weights with a codebook are not reconstructed"
        : OneBit(spec);

    /// <summary>Says which matrix has codes that lie on no two sides of a weight; null when none has.</summary>
    public static string? OneBit(ModelSpec spec) =>
        spec.Matrices.FirstOrDefault(matrix => matrix.Segments().Any(segment => segment.Bits == 1)) is MatrixSpec matrix
            ? $"'{matrix.Name}' has codes of one bit, which are signs" : null;

    /// <summary>Collects the states that enter the first layer of the full-precision model, and of the one that is made.</summary>
    public static (HiddenStates Full, HiddenStates Rounded) Both(RecipeState state, CancellationToken cancellation)
    {
        WorkingWeights rounded = state.WithRoundedEmbeddings(cancellation);
        HiddenStates full = Collect(state, state.Weights, cancellation);
        HiddenStates states = Collect(state, rounded, cancellation);
        ReleaseModels();
        return (full, states);
    }

    /// <summary>Collects the states that enter the first part that is not done: those of <see cref="Both"/>, or what the parts before have handed on.</summary>
    public static (HiddenStates Full, HiddenStates Rounded) AfterParts(RecipeState state, CancellationToken cancellation)
    {
        if (state.PartsDone == 0)
        {
            return Both(state, cancellation);
        }

        int[] starts = Starts(Texts(state.Batches(cancellation)));
        HiddenStates States(string name) => new(state.HandedOn[name], starts, state.Target.Dimensions.HiddenSize);
        return (States(Full), States(Rounded));
    }

    /// <summary>Hands on the states that enter one of several parts, in full precision and rounded; all have the same texts.</summary>
    public static void HandOn(RecipeState state, int part, HiddenStates full, HiddenStates rounded)
    {
        state.HandOn(Lengths, Array.ConvertAll(full.Lengths(), length => (float)length));
        state.HandOn(Of(Full, part), full.Values);
        state.HandOn(Of(Rounded, part), rounded.Values);
    }

    /// <summary>Gets the states that <see cref="HandOn"/> has handed on; no text is run, or encoded, for them.</summary>
    public static (HiddenStates Full, HiddenStates Rounded) HandedOn(RecipeState state, int part)
    {
        int[] starts = Starts(state.HandedOn[Lengths].Select(length => (int)length));
        HiddenStates States(string name) => new(state.HandedOn[Of(name, part)], starts, state.Target.Dimensions.HiddenSize);
        return (States(Full), States(Rounded));
    }

    /// <summary>Says that a part is done, and keeps what it hands on.</summary>
    public static void PartDone(RecipeState state, HiddenStates full, HiddenStates rounded) =>
        state.PartDone((Full, full.Values), (Rounded, rounded.Values));

    /// <summary>Gives back the memory of models that have run or were read: it is as much as a step keeps, and would stay until memory is short.</summary>
    public static void ReleaseModels() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    /// <summary>Gives back buffers that larger ones have replaced: they grow until the largest batch has been seen.</summary>
    /// <param name="step">Steps that are done.</param>
    public static void ReleaseGrown(int step)
    {
        if (step <= LastGrowth && int.IsPow2(step))
        {
            ReleaseModels();
        }
    }

    private static HiddenStates Collect(RecipeState state, WorkingWeights weights, CancellationToken cancellation)
    {
        IReadOnlyList<RowBatch> batches = state.Batches(cancellation);
        int[] starts = Starts(Texts(batches));
        int width = state.Target.Dimensions.HiddenSize;
        float[] values = new float[checked(starts[^1] * width)];
        using var pass = new TrainingPass(new TrainableOptions { Threads = state.Threads });
        var network = new EmbeddingNetwork(new LayerSource(FullPrecision.Trainable(state.Target), weights.Read, pass));
        Span<float> rest = values;
        foreach (RowBatch batch in batches)
        {
            cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<float> states = network.Forward(new TrainingBatch([.. batch.Ids], [.. batch.Types], Starts(batch.Lengths)));
            states.CopyTo(rest);
            rest = rest[states.Length..];
        }

        return new HiddenStates(values, starts, width);
    }

    private static string Of(string name, int part) => FormattableString.Invariant($"{name} {part}");

    private static IEnumerable<int> Texts(IReadOnlyList<RowBatch> batches) => batches.SelectMany(batch => batch.Lengths);

    // The first token of every text, and the number of tokens at the end.
    private static int[] Starts(IEnumerable<int> tokens)
    {
        int[] lengths = [.. tokens];
        int[] starts = new int[lengths.Length + 1];
        for (int i = 0; i < lengths.Length; i++)
        {
            starts[i + 1] = starts[i] + lengths[i];
        }

        return starts;
    }
}
