using QuantGen.Trainable;
using QuantGen.Training.PostTraining.Solving;
using QuantGen.Training.Randomness;

namespace QuantGen.Training.Tests.PostTraining;

public sealed class SyntheticTextTests
{
    private const int Width = 3;

    [Fact]
    public void Gradient_of_the_alignment_is_the_difference_quotient()
    {
        var alignment = new StateAlignment([0.5f, 0f, -1f], [0.2f, 9f, -0.3f]);
        float[] states = Random(tokens: 5, seed: 2);
        float[] gradient = new float[states.Length];
        alignment.Loss(states, 2, gradient);
        for (int i = 0; i < states.Length; i++)
        {
            float value = states[i];
            (float above, float below) = (value + 1e-2f, value - 1e-2f);
            states[i] = above;
            double more = alignment.Loss(states, 2, new float[states.Length]);
            states[i] = below;
            double less = alignment.Loss(states, 2, new float[states.Length]);
            states[i] = value;
            Assert.Equal((more - less) / ((double)above - below), gradient[i], 1e-3);
        }
    }

    [Fact]
    public void Slack_covers_most_of_what_it_was_measured_on()
    {
        var alignment = new StateAlignment([0.5f, 0.7f, 1f], [0.2f, 0f, -0.3f]);
        float[] states = Random(tokens: 40, seed: 4);
        double before = Loss(alignment, states);
        alignment.SetMargins(states, samples: 8);
        Assert.InRange(Loss(alignment, states), 0, 0.2 * before);
    }

    [Fact]
    public void One_token_has_no_deviation_to_align()
    {
        var alignment = new StateAlignment([1f, 1f, 1f], [0f, 0f, 0f]);
        Assert.Equal(1 + 4 + 9, alignment.Loss([1f, 2f, -3f], 1, new float[Width]), 1e-9);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(30_000)]
    public void Words_are_drawn_as_often_as_their_rank_says(int count)
    {
        int[] draws = new int[count];
        var random = new RandomSequence(7, 1);
        var words = new WordDraw([.. Enumerable.Range(0, count)]);
        const int Draws = 60_000;
        for (int i = 0; i < Draws; i++)
        {
            draws[words.Next(ref random)]++;
        }

        // Shares of the first ranks are differences of logarithms.
        double all = Math.Log((count + 3.7) / 3.7);
        for (int rank = 0; rank < Math.Min(count, 3); rank++)
        {
            Assert.Equal(Math.Log((rank + 4.7) / (rank + 3.7)) / all, (double)draws[rank] / Draws, 0.01);
        }

        Assert.Equal((0, count - 1), (WordDraw.Rank(0, count), WordDraw.Rank(1, count)));
    }

    [Fact]
    public void Nearest_row_is_found_among_candidates()
    {
        using var pass = new TrainingPass(new TrainableOptions { Threads = 2 });
        float[] table = [.. Random(tokens: 200, seed: 6)];
        bool[] isCandidate = [.. Enumerable.Range(0, 200).Select(row => row % 3 != 0)];
        float[] vectors = Random(tokens: 130, seed: 7);
        int[] found = new NearestRows(table, isCandidate, pass).Find(vectors);
        for (int i = 0; i < found.Length; i++)
        {
            double Distance(int row) => Enumerable.Range(0, Width).Sum(k => Math.Pow((double)vectors[(i * Width) + k] - table[(row * Width) + k], 2));
            Assert.Equal(Enumerable.Range(0, 200).Where(row => isCandidate[row]).MinBy(Distance), found[i]);
        }
    }

    private static double Loss(StateAlignment alignment, float[] states) =>
        states.Chunk(5 * Width).Sum(sample => alignment.Loss(sample, 1, new float[sample.Length]));

    private static float[] Random(int tokens, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, tokens * Width).Select(_ => (4 * random.NextSingle()) - 2)];
    }
}
