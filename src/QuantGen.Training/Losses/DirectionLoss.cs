using QuantGen.Trainable;

namespace QuantGen.Training.Losses;

/// <summary>How far the directions of a student's tensors are from its teacher's, whatever their lengths (Qin et al., BiBERT, 2022, section 3.3).</summary>
/// <remarks>
/// A distance is that of both tensors divided by their lengths. Queries, keys and values are compared by their products with one another within each head of
/// each sequence: <c>X X^T / sqrt(head size)</c>, all of a layer one tensor. Sums are in double precision and in one order.
/// </remarks>
internal static class DirectionLoss
{
    // Of a tensor of zeros, which has no direction.
    private const double SmallestLength = 1e-12;

    /// <summary>Computes the distance of two tensors, and its gradient.</summary>
    /// <param name="student">The student's; the first elements count.</param>
    /// <param name="teacher">The teacher's.</param>
    /// <param name="gradient">Receives the gradient of the student's.</param>
    /// <param name="count">Elements.</param>
    public static double Distance(float[] student, float[] teacher, float[] gradient, int count)
    {
        double length = Length(student, count);
        double other = Length(teacher, count);
        double squares = 0;
        double along = 0;
        for (int i = 0; i < count; i++)
        {
            double own = student[i] / length;
            double difference = own - (teacher[i] / other);
            squares += difference * difference;
            along += difference * own;
        }

        // Only what is across a direction turns it. Near a distance of 0, where rounding is all there is, the slope goes to 0.
        double distance = Math.Sqrt(squares);
        double factor = 1 / ((distance + SmallestLength) * length);
        for (int i = 0; i < count; i++)
        {
            double own = student[i] / length;
            gradient[i] = (float)(factor * (own - (teacher[i] / other) - (along * own)));
        }

        return distance;
    }

    /// <summary>Computes the distances of queries, keys and values of all layers, and their gradients.</summary>
    /// <param name="student">The student's trace.</param>
    /// <param name="teacher">The teacher's trace of the same batch.</param>
    /// <param name="gradients">Receives the gradients of <see cref="TrainingTrace.Projected"/>.</param>
    /// <param name="starts">Where sequences begin, and the number of tokens.</param>
    /// <param name="layers">Which of the teacher's layers a layer imitates.</param>
    /// <param name="threads">The most threads.</param>
    /// <exception cref="InvalidOperationException">The teacher has other heads, or an engine does not show queries, keys and values.</exception>
    public static double Products(TrainingTrace student, TrainingTrace teacher, TrainingTrace gradients, int[] starts, LayerMap layers, int threads)
    {
        int depth = student.Projected.Length;
        if (student.Spec.Dimensions.Heads != teacher.Spec.Dimensions.Heads)
        {
            throw new InvalidOperationException("Queries, keys and values are compared head by head, and the teacher has other heads.");
        }

        if (student.Projected[0].Length == 0 || teacher.Projected[0].Length == 0)
        {
            throw new InvalidOperationException("An engine does not show queries, keys and values, which this loss looks at; use generated code.");
        }

        for (int layer = 0; layer < depth; layer++)
        {
            FloatBuffers.Reserve(ref gradients.Projected[layer], student.ProjectedCount);
        }

        double[] distances = new double[3 * depth];
        FixedChunks.Each(distances.Length, threads, i =>
        {
            (int layer, int part) = Math.DivRem(i, 3);
            var own = new HeadProducts(student, student.Projected[layer], starts, part);
            float[] products = own.Compute();
            float[] others = new HeadProducts(teacher, teacher.Projected[layers.Layer(layer)], starts, part).Compute();
            distances[i] = Distance(products, others, others, student.ScoreCount);
            own.Backward(others, gradients.Projected[layer]);
        });
        return FixedChunks.Fold(distances);
    }

    private static double Length(float[] values, int count)
    {
        double squares = 0;
        for (int i = 0; i < count; i++)
        {
            squares += (double)values[i] * values[i];
        }

        return Math.Sqrt(squares) + SmallestLength;
    }
}
