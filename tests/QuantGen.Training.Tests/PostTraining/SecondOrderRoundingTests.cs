using QuantGen.Quantization;
using QuantGen.Training.PostTraining.Solving;
using QuantGen.Training.PostTraining.Steps;

namespace QuantGen.Training.Tests.PostTraining;

public sealed class SecondOrderRoundingTests
{
    [Fact]
    public void Factor_of_the_inverse_is_upper_triangular_and_gives_the_inverse()
    {
        double[] h = [4, 1, 0, 1, 3, 0.5, 0, 0.5, 1];
        double[] u = SymmetricFactor.OfInverse([.. h], 3);
        Assert.Equal([0, 0, 0], new[] { u[3], u[6], u[7] });
        for (int i = 0; i < 3; i++)
        {
            for (int j = 0; j < 3; j++)
            {
                // H (U^T U) is the identity.
                double sum = 0;
                for (int k = 0; k < 3; k++)
                {
                    for (int m = 0; m < 3; m++)
                    {
                        sum += h[(i * 3) + k] * u[(m * 3) + k] * u[(m * 3) + j];
                    }
                }

                Assert.Equal(i == j ? 1 : 0, sum, 1e-12);
            }
        }

        Assert.Throws<ArithmeticException>(() => SymmetricFactor.OfInverse([1, 2, 2, 1], 2));
    }

    [Fact]
    public void Second_of_two_equal_inputs_makes_up_for_the_first()
    {
        // Both inputs are always the same, so only the sum of the two weights counts: 0.8, and codes 0 and 1 are nearer to it than 0 and 0.
        QuantizedMatrix grid = Grid(1, 2, scale: 1f);
        QuantizedMatrix rounded = SecondOrderRounding.Run([0.4f, 0.4f], grid, [1, 1, 1, 1], 1e-3, threads: 1, default);
        Assert.Equal([8, 9], rounded.Codes);
    }

    [Fact]
    public void Inputs_that_do_not_meet_are_rounded_to_the_nearest_and_dead_ones_to_zero()
    {
        QuantizedMatrix grid = Grid(2, 3, scale: 0.5f);
        float[] weights = [0.6f, -0.9f, 0.3f, 0.2f, 1.1f, -0.8f];
        QuantizedMatrix rounded = SecondOrderRounding.Run(weights, grid, [2, 0, 0, 0, 1, 0, 0, 0, 0], 0.01, threads: 2, default);
        Assert.Equal([9, 6, 8, 8, 10, 8], rounded.Codes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Outputs_are_nearer_than_those_of_nearest_codes_whatever_the_threads(int threads)
    {
        const int Rows = 20;
        const int Columns = 24;
        var random = new Random(3);
        float[] weights = [.. Enumerable.Range(0, Rows * Columns).Select(_ => random.NextSingle() - 0.5f)];
        double[] moments = new double[Columns * Columns];
        for (int token = 0; token < 200; token++)
        {
            double common = random.NextDouble() - 0.5;
            double[] x = [.. Enumerable.Range(0, Columns).Select(i => (common * (1 + (i % 3))) + (0.3 * (random.NextDouble() - 0.5)))];
            for (int i = 0; i < moments.Length; i++)
            {
                moments[i] += x[i / Columns] * x[i % Columns] / 200;
            }
        }

        QuantizedMatrix nearest = MatrixQuantizer.Quantize(
            weights, Rows, Columns, new MatrixQuantizerOptions { Bits = 3, GroupCount = 4, Clipping = Clipping.Mse });
        QuantizedMatrix rounded = SecondOrderRounding.Run(weights, nearest, [.. moments], 0.01, threads, default);
        Assert.True(Error(rounded) < 0.5 * Error(nearest), $"{Error(rounded)} and {Error(nearest)}");
        Assert.Equal(SecondOrderRounding.Run(weights, nearest, [.. moments], 0.01, 3, default).Codes, rounded.Codes);

        double Error(QuantizedMatrix matrix)
        {
            float[] values = new float[weights.Length];
            matrix.Dequantize(values);
            double sum = 0;
            for (int row = 0; row < Rows; row++)
            {
                for (int i = 0; i < moments.Length; i++)
                {
                    double left = weights[(row * Columns) + (i / Columns)] - values[(row * Columns) + (i / Columns)];
                    sum += left * moments[i] * (weights[(row * Columns) + (i % Columns)] - values[(row * Columns) + (i % Columns)]);
                }
            }

            return sum;
        }
    }

    [Fact]
    public void Corrected_bias_gives_the_output_of_a_constant_input_again()
    {
        float[] bias = [1f, -2f];
        BiasCorrectionStep.Correct(bias, [0.4f, 0.3f, -0.7f, 0.1f], [0.5f, 0f, -0.5f, 0f], [2, 3]);

        // 1 + 2 x -0.1 + 3 x 0.3 and -2 + 2 x -0.2 + 3 x 0.1.
        Assert.Equal(1.7f, bias[0], 1e-6f);
        Assert.Equal(-2.1f, bias[1], 1e-6f);
    }

    private static QuantizedMatrix Grid(int rows, int columns, float scale) =>
        new(new MatrixGrouping(rows, columns), [4], [.. Enumerable.Repeat((byte)8, rows * columns)], [scale], null);
}
