using System.Runtime.InteropServices;
using QuantGen.Execution;
using QuantGen.Graph;
using QuantGen.Specs;
using QuantGen.Training.Evaluation;
using QuantGen.Training.PostTraining.Solving;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Finds what enters the first layer of an encoder, for steps that work on layers.</summary>
internal static class LayerInputs
{
    private const string Full = "full";
    private const string Rounded = "rounded";

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
        WorkingWeights rounded = state.Weights.Copy();
        rounded.Replace(PackedLayout.WordEmbedding + ".weight", state.RoundedWords(cancellation));
        HiddenStates full = Collect(state, state.Weights, cancellation);
        ReleaseModels();
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

        int[] starts = Starts(state.Batches(cancellation));
        HiddenStates HandedOn(string name) => new(state.HandedOn[name], starts, state.Target.Dimensions.HiddenSize);
        return (HandedOn(Full), HandedOn(Rounded));
    }

    /// <summary>Says that a part is done, and keeps what it hands on.</summary>
    public static void PartDone(RecipeState state, HiddenStates full, HiddenStates rounded) =>
        state.PartDone((Full, full.Values), (Rounded, rounded.Values));

    /// <summary>Gives back the memory of models that have run or were read: it is as much as a step keeps, and would stay until memory is short.</summary>
    public static void ReleaseModels() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    private static HiddenStates Collect(RecipeState state, WorkingWeights weights, CancellationToken cancellation)
    {
        IReadOnlyList<RowBatch> batches = state.Batches(cancellation);
        using InferenceSession session = state.LoadFloats(weights, cancellation);
        string first = state.Target.Graph.SiteOf(LayerNames.Of(0, "attention.self.key"));
        int index = session.Spec.ActivationSites().ToList().FindIndex(site => site.Name == first);
        int[] starts = Starts(batches);
        int width = state.Target.Dimensions.HiddenSize;
        var observer = new Observer(index, new float[checked(starts[^1] * width)]);
        foreach (RowBatch batch in batches)
        {
            session.Calibrate(
                CollectionsMarshal.AsSpan(batch.Ids), CollectionsMarshal.AsSpan(batch.Types), CollectionsMarshal.AsSpan(batch.Lengths), observer, cancellation);
        }

        return new HiddenStates(observer.Values, starts, width);
    }

    // The first token of every text, and the number of tokens at the end.
    private static int[] Starts(IReadOnlyList<RowBatch> batches)
    {
        int[] lengths = [.. batches.SelectMany(batch => batch.Lengths)];
        int[] starts = new int[lengths.Length + 1];
        for (int i = 0; i < lengths.Length; i++)
        {
            starts[i + 1] = starts[i] + lengths[i];
        }

        return starts;
    }

    // Items of a pass on one thread come in the order of the tokens.
    private sealed class Observer(int index, float[] states) : IActivationObserver
    {
        private int _count;

        public float[] Values => _count == states.Length ? states : throw new InvalidOperationException("Not every token was shown once.");

        public void Observe(int site, int use, ReadOnlySpan<float> values)
        {
            if (site == index)
            {
                values.CopyTo(states.AsSpan(_count));
                _count += values.Length;
            }
        }
    }
}
