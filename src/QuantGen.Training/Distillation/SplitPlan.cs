using QuantGen.Graph;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.Batching;

namespace QuantGen.Training.Distillation;

/// <summary>Which matrices of a student are pairs of one bit, and which one matrix of one bit, within a budget of bytes (BinaryBERT, adaptive splitting;
/// algorithms.md 4.6).</summary>
/// <remarks>
/// The paper splits what gains most on the dev set when it alone is split and trained. Here a group's gain is measured without training, by what its
/// rounding to one bit loses more than that to ternary weights while all else is in full precision: a student that was not trained yet answers
/// by chance when all of it has one bit, and then nothing tells one group from another. Groups are chosen by the knapsack of the paper.
/// </remarks>
public sealed class SplitPlan
{
    private SplitPlan(ModelSpec spec, IReadOnlyList<SplitGroup> groups)
    {
        Spec = spec;
        Groups = groups;
    }

    /// <summary>Gets the student, in which groups that are not split are stored as one matrix each.</summary>
    public ModelSpec Spec { get; }

    /// <summary>Gets the groups in the order of the forward pass.</summary>
    public IReadOnlyList<SplitGroup> Groups { get; }

    /// <summary>Gets the bytes of a file's tensors, the vocabulary excepted.</summary>
    /// <param name="spec">The model.</param>
    public static long Bytes(ModelSpec spec) => PackedLayout.Packed(spec).Sum(tensor => tensor.Bytes);

    /// <summary>Gets a student of pairs with no matrix split.</summary>
    /// <param name="pairs">The student with all of them split.</param>
    public static ModelSpec Single(ModelSpec pairs) => With(pairs, []);

    /// <summary>Chooses.</summary>
    /// <param name="student">The student in full precision, with the weights that it starts from; they are the same afterwards.</param>
    /// <param name="teacher">The teacher.</param>
    /// <param name="pairs">The student with all matrices split.</param>
    /// <param name="source">What is learnt from.</param>
    /// <param name="batches">How many batches of the first epoch are looked at; at least 1.</param>
    /// <param name="budget">The most bytes of the student's tensors; at least those of <see cref="Single"/>.</param>
    /// <param name="threads">The most threads; the choice does not depend on them.</param>
    /// <param name="cancellation">Ends the work between two passes.</param>
    /// <exception cref="ArgumentException">The budget is too small.</exception>
    public static SplitPlan Of(
        ITrainableModel student, ITrainableModel teacher, ModelSpec pairs, BatchSource source, int batches, long budget, int threads,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfLessThan(batches, 1);
        long least = Bytes(Single(pairs));
        SplitGroup[] groups = [.. Names(pairs).Select(group => new SplitGroup(
            group.Name, group.Matrices, Bytes(With(pairs, group.Matrices)) - least, 0, 0, IsSplit: false))];
        double[][] losses = new SplitLosses(student, teacher, pairs, threads).Of(groups, [.. source.Plan(0).Take(batches).Select(rows => source.Make(rows, 0))],
            cancellation);
        int[] chosen = BitBudget.Choose([.. groups.Select(group => new[] { 0, group.Bytes })], losses, budget - least)
            ?? throw new ArgumentException($"{budget} bytes are too few: this student has {least} with no matrix split.", nameof(budget));
        groups = [.. groups.Select((group, i) => group with { SingleLoss = losses[i][0], SplitLoss = losses[i][1], IsSplit = chosen[i] == 1 })];
        return new SplitPlan(With(pairs, [.. groups.Where(group => group.IsSplit).SelectMany(group => group.Matrices)]), groups);
    }

    private static IEnumerable<(string Name, string[] Matrices)> Names(ModelSpec pairs)
    {
        IEnumerable<(string, string[])> groups = pairs.Matrices.Where(matrix => matrix.IsPair).GroupBy(matrix => pairs.Graph.SiteOf(matrix.Name))
            .Select(group => (group.Key, group.Select(matrix => matrix.Name).ToArray()));
        return pairs.HasEmbeddingPair ? groups.Prepend((PackedLayout.WordEmbedding, [PackedLayout.WordEmbedding])) : groups;
    }

    private static ModelSpec With(ModelSpec pairs, IReadOnlyCollection<string> split) => pairs with
    {
        EmbeddingStorage = pairs.HasEmbeddingPair && !split.Contains(PackedLayout.WordEmbedding) ? Storage.Uniform : pairs.EmbeddingStorage,
        Matrices = new EquatableArray<MatrixSpec>(pairs.Matrices.Select(
            matrix => matrix.IsPair && !split.Contains(matrix.Name) ? matrix with { Storage = Storage.Uniform } : matrix)),
    };
}
