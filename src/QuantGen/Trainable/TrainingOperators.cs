using QuantGen.Kernels;
using QuantGen.Trainable.Kernels;

namespace QuantGen.Trainable;

/// <summary>Operators without parameters. Each element depends on its own arguments only, so that any division among threads gives the same.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class TrainingOperators
{
    private const int ElementsPerItem = 8192;

    /// <summary>Computes an activation function.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="function">The function.</param>
    /// <param name="x">The arguments.</param>
    /// <param name="y">Receives the values.</param>
    /// <param name="count">How many.</param>
    public static void Activate(TrainingPass pass, HiddenActivation function, float[] x, float[] y, long count) =>
        pass.Team.Run(new ActivateJob(function, x, y, count), Items(count));

    /// <summary>Multiplies gradients by the slopes of an activation function.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="function">The function.</param>
    /// <param name="x">The arguments.</param>
    /// <param name="y">The values.</param>
    /// <param name="gradient">The gradients.</param>
    /// <param name="count">How many.</param>
    public static void ActivateBackward(TrainingPass pass, HiddenActivation function, float[] x, float[] y, float[] gradient, long count) =>
        pass.Team.Run(new SlopeJob(function, x, y, gradient, count), Items(count));

    /// <summary>Adds.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="summand">What is added.</param>
    /// <param name="sum">The sums.</param>
    /// <param name="count">How many.</param>
    public static void Add(TrainingPass pass, float[] summand, float[] sum, long count) =>
        pass.Team.Run(new AddJob(summand, sum, count), Items(count));

    /// <summary>Drops hidden values, or their gradients, with the mask of this pass.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="site">The number of the dropout.</param>
    /// <param name="source">The values.</param>
    /// <param name="target">Receives the results where something is dropped; may be <paramref name="source"/>.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="columns">Values of a row.</param>
    /// <returns>Where the results are: <paramref name="source"/> when this pass drops nothing.</returns>
    public static float[] Drop(TrainingPass pass, int site, float[] source, float[] target, PassRows rows, int columns)
    {
        ArgumentNullException.ThrowIfNull(pass);
        ArgumentNullException.ThrowIfNull(rows);
        DropoutMask mask = pass.Mask(pass.HiddenDropout, site);
        if (mask.IsEmpty)
        {
            return source;
        }

        long count = (long)rows.Count * columns;
        pass.Team.Run(new DropJob(mask, source, target, (long)rows.Before * columns, count), Items(count));
        return target;
    }

    private static int Items(long count) => checked((int)((count + ElementsPerItem - 1) / ElementsPerItem));

    private readonly struct DropJob(DropoutMask mask, float[] source, float[] target, long before, long total) : ITeamJob
    {
        public void Run(int item, int worker)
        {
            long first = (long)item * ElementsPerItem;
            mask.Apply(ref source.At(first), ref target.At(first), before + first, (int)Math.Min(ElementsPerItem, total - first));
        }
    }

    private readonly struct ActivateJob(HiddenActivation function, float[] source, float[] target, long total) : ITeamJob
    {
        public void Run(int item, int worker)
        {
            long first = (long)item * ElementsPerItem;
            int count = (int)Math.Min(ElementsPerItem, total - first);
            Activation.Apply(function, ref source.At(first), ref target.At(first), count);
        }
    }

    private readonly struct SlopeJob(HiddenActivation function, float[] x, float[] y, float[] gradient, long total) : ITeamJob
    {
        public void Run(int item, int worker)
        {
            long first = (long)item * ElementsPerItem;
            ActivationGradients.Apply(
                function, ref x.At(first), ref y.At(first), ref gradient.At(first), (int)Math.Min(ElementsPerItem, total - first));
        }
    }

    private readonly struct AddJob(float[] summand, float[] sum, long total) : ITeamJob
    {
        public void Run(int item, int worker)
        {
            long first = (long)item * ElementsPerItem;
            RowScaling.Add(ref sum.At(first), (int)Math.Min(ElementsPerItem, total - first), ref summand.At(first));
        }
    }
}
