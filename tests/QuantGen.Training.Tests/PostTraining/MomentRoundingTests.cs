using QuantGen.Quantization;
using QuantGen.Trainable;
using QuantGen.Training.PostTraining.Solving;

namespace QuantGen.Training.Tests.PostTraining;

public sealed class MomentRoundingTests
{
    private static readonly RoundingOptions s_options = new(Steps: 200, LearningRate: 0.05, IndecisionWeight: 0.01f);

    [Fact]
    public void Of_two_equal_inputs_one_weight_goes_up_for_both()
    {
        // Both inputs are always the same, so only the sum of the two weights counts: 0.9, and codes 1 and 0 are nearer to it than 0 and 0.
        using var pass = new TrainingPass(new TrainableOptions { Threads = 1 });
        QuantizedMatrix rounded = MomentRounding.Run([0.49f, 0.41f], Grid(1, 2, scale: 1f), [1, 1, 1, 1], s_options, pass, default);
        Assert.Equal([9, 8], rounded.Codes);
    }

    [Fact]
    public void Inputs_that_do_not_meet_are_rounded_to_the_nearest_and_no_code_leaves_the_range()
    {
        using var pass = new TrainingPass(new TrainableOptions { Threads = 2 });
        QuantizedMatrix rounded = MomentRounding.Run([0.6f, -0.9f, 5f, -5f], Grid(2, 2, scale: 0.5f), [2, 0, 0, 1], s_options, pass, default);
        Assert.Equal([9, 6, 15, 1], rounded.Codes);
    }

    [Fact]
    public void Choices_begin_on_the_side_of_codes_that_were_found()
    {
        var weight = new Parameter("w", ParameterKind.Weight, 1, 4);
        float[] weights = [0.7f, 0.7f, 0.7f, 5f];
        weights.CopyTo(weight.Values, 0);
        var grid = new QuantizedMatrix(new MatrixGrouping(1, 4), [4], [8, 9, 10, 15], [1f], null);
        var rounding = new RoundingWeights(weight, grid, startsAtCodes: true, threads: 1);
        Assert.Equal(grid.Codes, rounding.Codes().Codes);
        rounding.Prepare();

        // Between the code and the weight, as far as neighbouring codes reach.
        Assert.Equal([0.45f * 0.7f, 1f - (0.45f * 0.3f), 2f - 0.45f, 5f], rounding.Values.Select((value, i) => i == 3 ? 5f : value), new Near());
    }

    private static QuantizedMatrix Grid(int rows, int columns, float scale) =>
        new(new MatrixGrouping(rows, columns), [4], [.. Enumerable.Repeat((byte)8, rows * columns)], [scale], null);

    private sealed class Near : IEqualityComparer<float>
    {
        public bool Equals(float x, float y) => Math.Abs(x - y) < 1e-5f;

        public int GetHashCode(float obj) => 0;
    }
}
