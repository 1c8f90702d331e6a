using QuantGen.Trainable;
using QuantGen.Training.Optimization;

namespace QuantGen.Training.Tests.Optimization;

/// <summary>
/// The optimizer does what <see cref="PlainAdam"/> does, to the bit: in vectors, on threads, and without touching words that have no gradient.
/// </summary>
public sealed class AdamBitsTests
{
    private const int Steps = 6;

    public static TheoryData<int, OptimizerKind, int> Sizes
    {
        get
        {
            var data = new TheoryData<int, OptimizerKind, int>();
            foreach (int size in new[] { 1, 15, 17, 63, 64, 65, 127, 1000, 16383, 16385, 50001 })
            {
                data.Add(size, OptimizerKind.AdamW, 1);
                data.Add(size, OptimizerKind.BertAdam, 3);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Steps_are_those_of_plain_loops(int size, OptimizerKind kind, int threads)
    {
        var options = new OptimizerOptions { Kind = kind, LearningRate = 1e-2 };
        (Parameter[] actual, Parameter[] expected) = (Model(size), Model(size));
        var optimizer = new AdamOptimizer(actual, options, threads);
        var plain = new PlainAdam(expected, options);
        for (int step = 0; step < Steps; step++)
        {
            AddGradients(actual, step);
            AddGradients(expected, step);
            Assert.Equal(plain.Step(0.5), optimizer.Step(0.5).GradientNorm);
            AssertSame(optimizer, actual, plain, expected);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    public void A_resumed_optimizer_goes_on_with_the_same_bits(int cut)
    {
        var options = new OptimizerOptions { LearningRate = 1e-2 };
        (Parameter[] actual, Parameter[] expected) = (Model(50001), Model(50001));
        var optimizer = new AdamOptimizer(actual, options, threads: 2);
        var plain = new PlainAdam(expected, options);
        for (int step = 0; step < 2 * Steps; step++)
        {
            if (step == cut)
            {
                optimizer = Resumed(optimizer, actual, options);
            }

            AddGradients(actual, step);
            AddGradients(expected, step);
            plain.Step(1);
            optimizer.Step(1);
            AssertSame(optimizer, actual, plain, expected);
        }
    }

    [Theory]
    [InlineData(0.0, 5e-2, 0.01)]
    [InlineData(1e-8, -5e-2, 0.01)]
    [InlineData(1e-8, 0.0, 0.01)]
    [InlineData(1e-8, 5e-2, 0.0)]
    [InlineData(1e-8, 5e-2, 30.0)]
    [InlineData(1e-8, double.PositiveInfinity, 0.01)]
    public void Numbers_of_no_usual_step_have_the_same_bits(double epsilon, double rate, double decay)
    {
        var options = new OptimizerOptions { LearningRate = rate, WeightDecay = decay, Epsilon = epsilon };
        (Parameter[] actual, Parameter[] expected) = (Model(1000), Model(1000));
        var optimizer = new AdamOptimizer(actual, options, threads: 1);
        var plain = new PlainAdam(expected, options);
        for (int step = 0; step < Steps; step++)
        {
            AddGradients(actual, step);
            AddGradients(expected, step);
            plain.Step(1);
            optimizer.Step(1);
            AssertSame(optimizer, actual, plain, expected);
        }
    }

    [Fact]
    public void A_skipped_step_leaves_no_trace()
    {
        var options = new OptimizerOptions();
        (Parameter[] actual, Parameter[] expected) = (Model(1000), Model(1000));
        var optimizer = new AdamOptimizer(actual, options, threads: 1);
        var plain = new PlainAdam(expected, options);
        actual[0].Gradients[700] = float.NaN;
        Assert.True(optimizer.Step(1).IsSkipped);
        for (int step = 0; step < Steps; step++)
        {
            AddGradients(actual, step);
            AddGradients(expected, step);
            plain.Step(1);
            optimizer.Step(1);
            AssertSame(optimizer, actual, plain, expected);
        }
    }

    // An embedding and a weight of the same size, with zeros of both signs among the values.
    private static Parameter[] Model(int size)
    {
        var random = new Random(size);
        Parameter[] model = [new("words", ParameterKind.Embedding, size), new("weight", ParameterKind.Weight, size), new("bias", ParameterKind.Bias, 7)];
        foreach (Parameter parameter in model)
        {
            for (int i = 0; i < parameter.Values.Length; i++)
            {
                parameter.Values[i] = random.Next(8) switch { 0 => 0f, 1 => -0f, _ => random.NextSingle() - 0.5f };
            }
        }

        return model;
    }

    // Of a few rows of the embedding, others in every step, and of all else; -0 among them. Large enough to be clipped.
    private static void AddGradients(Parameter[] model, int step)
    {
        const int Columns = 24;
        var random = new Random(1000 + step);
        float[] words = model[0].Gradients;
        for (int row = 0; row <= words.Length / Columns; row++)
        {
            bool isUsed = random.Next(10) == 0;
            for (int i = row * Columns; i < Math.Min(words.Length, (row + 1) * Columns); i++)
            {
                float gradient = random.Next(20) == 0 ? -0f : random.NextSingle() - 0.5f;
                words[i] = isUsed ? gradient : words[i];
            }
        }

        foreach (Parameter parameter in model[1..])
        {
            for (int i = 0; i < parameter.Gradients.Length; i++)
            {
                parameter.Gradients[i] += random.NextSingle() - 0.5f;
            }
        }
    }

    private static AdamOptimizer Resumed(AdamOptimizer from, Parameter[] parameters, OptimizerOptions options)
    {
        var resumed = new AdamOptimizer(parameters, options, threads: 2);
        foreach ((KeyValuePair<string, float[]> old, KeyValuePair<string, float[]> now) in from.Moments.Zip(resumed.Moments))
        {
            old.Value.CopyTo(now.Value, 0);
        }

        resumed.Resume(from.Steps);
        return resumed;
    }

    private static void AssertSame(AdamOptimizer optimizer, Parameter[] actual, PlainAdam plain, Parameter[] expected)
    {
        foreach ((Parameter mine, Parameter its) in actual.Zip(expected))
        {
            AssertBits(its.Values, mine.Values);
            AssertBits(its.Gradients, mine.Gradients);
        }

        foreach ((float[] its, KeyValuePair<string, float[]> mine) in plain.Moments.Zip(optimizer.Moments))
        {
            AssertBits(its, mine.Value);
        }
    }

    // NaN has several encodings, of which an operation may choose any: it counts as one.
    private static void AssertBits(float[] expected, float[] actual) => Assert.Equal(Array.ConvertAll(expected, Bits), Array.ConvertAll(actual, Bits));

    private static int Bits(float value) => BitConverter.SingleToInt32Bits(float.IsNaN(value) ? float.NaN : value);
}
