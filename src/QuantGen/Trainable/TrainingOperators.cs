using QuantGen.Kernels;

namespace QuantGen.Trainable;

/// <summary>Operators without parameters. Each element depends on its own arguments only, so that any division among threads gives the same.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class TrainingOperators
{
    private const int ElementsPerItem = 8192;

    /// <summary>Computes <c>gelu</c>.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">The arguments.</param>
    /// <param name="y">Receives the values.</param>
    /// <param name="count">How many.</param>
    public static void GeluErf(TrainingPass pass, float[] x, float[] y, long count) => Run(pass, Kind.GeluErf, x, y, count);

    /// <summary>Computes <c>gelu_new</c>.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">The arguments.</param>
    /// <param name="y">Receives the values.</param>
    /// <param name="count">How many.</param>
    public static void GeluTanh(TrainingPass pass, float[] x, float[] y, long count) => Run(pass, Kind.GeluTanh, x, y, count);

    /// <summary>Computes tanh.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">The arguments.</param>
    /// <param name="y">Receives the values.</param>
    /// <param name="count">How many.</param>
    public static void Tanh(TrainingPass pass, float[] x, float[] y, long count) => Run(pass, Kind.Tanh, x, y, count);

    /// <summary>Multiplies gradients by the slopes of <c>gelu</c>.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">The arguments.</param>
    /// <param name="gradient">The gradients.</param>
    /// <param name="count">How many.</param>
    public static void GeluErfBackward(TrainingPass pass, float[] x, float[] gradient, long count) => Run(pass, Kind.GeluErfSlope, x, gradient, count);

    /// <summary>Multiplies gradients by the slopes of <c>gelu_new</c>.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">The arguments.</param>
    /// <param name="gradient">The gradients.</param>
    /// <param name="count">How many.</param>
    public static void GeluTanhBackward(TrainingPass pass, float[] x, float[] gradient, long count) => Run(pass, Kind.GeluTanhSlope, x, gradient, count);

    /// <summary>Multiplies gradients by the slopes of tanh.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="y">The values of tanh.</param>
    /// <param name="gradient">The gradients.</param>
    /// <param name="count">How many.</param>
    public static void TanhBackward(TrainingPass pass, float[] y, float[] gradient, long count) => Run(pass, Kind.TanhSlope, y, gradient, count);

    /// <summary>Adds.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="summand">What is added.</param>
    /// <param name="sum">The sums.</param>
    /// <param name="count">How many.</param>
    public static void Add(TrainingPass pass, float[] summand, float[] sum, long count) => Run(pass, Kind.Add, summand, sum, count);

    /// <summary>Drops hidden values, or their gradients, with the mask of this pass.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="site">The number of the dropout.</param>
    /// <param name="source">The values.</param>
    /// <param name="target">Receives the results where something is dropped; may be <paramref name="source"/>.</param>
    /// <param name="count">How many.</param>
    /// <returns>Where the results are: <paramref name="source"/> when this pass drops nothing.</returns>
    public static float[] Drop(TrainingPass pass, int site, float[] source, float[] target, long count)
    {
        ArgumentNullException.ThrowIfNull(pass);
        DropoutMask mask = pass.Mask(pass.HiddenDropout, site);
        if (mask.IsEmpty)
        {
            return source;
        }

        pass.Team.Run(new DropJob(mask, source, target, count), Items(count));
        return target;
    }

    private static int Items(long count) => checked((int)((count + ElementsPerItem - 1) / ElementsPerItem));

    private static void Run(TrainingPass pass, Kind kind, float[] x, float[] y, long count) => pass.Team.Run(new Job(kind, x, y, count), Items(count));

    private enum Kind
    {
        GeluErf,
        GeluTanh,
        Tanh,
        GeluErfSlope,
        GeluTanhSlope,
        TanhSlope,
        Add,
    }

    private readonly struct DropJob(DropoutMask mask, float[] source, float[] target, long total) : ITeamJob
    {
        public void Run(int item, int worker)
        {
            long first = (long)item * ElementsPerItem;
            mask.Apply(ref source.At(first), ref target.At(first), first, (int)Math.Min(ElementsPerItem, total - first));
        }
    }

    private readonly struct Job(Kind kind, float[] source, float[] target, long total) : ITeamJob
    {
        public void Run(int item, int worker)
        {
            long first = (long)item * ElementsPerItem;
            int count = (int)Math.Min(ElementsPerItem, total - first);
            ref float x = ref source.At(first);
            ref float y = ref target.At(first);
            if (kind <= Kind.Tanh && source != target)
            {
                source.AsSpan((int)first, count).CopyTo(target.AsSpan((int)first));
            }

            switch (kind)
            {
                case Kind.GeluErf:
                    Gelu.Erf(ref y, count);
                    break;
                case Kind.GeluTanh:
                    Gelu.Tanh(ref y, count);
                    break;
                case Kind.Tanh:
                    Kernels.Tanh.Apply(ref y, count);
                    break;
                case Kind.GeluErfSlope:
                    ActivationGradients.GeluErf(ref x, ref y, count);
                    break;
                case Kind.GeluTanhSlope:
                    ActivationGradients.GeluTanh(ref x, ref y, count);
                    break;
                case Kind.TanhSlope:
                    ActivationGradients.Tanh(ref x, ref y, count);
                    break;
                default:
                    RowScaling.Add(ref y, count, ref x);
                    break;
            }
        }
    }
}
