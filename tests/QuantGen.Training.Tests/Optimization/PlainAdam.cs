using QuantGen.Trainable;
using QuantGen.Training.Optimization;

namespace QuantGen.Training.Tests.Optimization;

/// <summary>The optimizer without vectors, threads and exceptions: every element of every parameter, one after the other.</summary>
internal sealed class PlainAdam(Parameter[] parameters, OptimizerOptions options)
{
    private const int Chunk = 16384;
    private const int Lanes = 16;
    private readonly float[][] _first = Array.ConvertAll(parameters, parameter => new float[parameter.Values.Length]);
    private readonly float[][] _second = Array.ConvertAll(parameters, parameter => new float[parameter.Values.Length]);
    private long _steps;

    public IEnumerable<float[]> Moments => _first.Zip(_second, (first, second) => new[] { first, second }).SelectMany(pair => pair);

    public double Step(double multiplier)
    {
        double[] squares = Array.ConvertAll(parameters, parameter => SumOfSquares(parameter.Gradients));
        double norm = Math.Sqrt(squares.Aggregate(0.0, (sum, square) => sum + square));
        _steps++;
        for (int p = 0; p < parameters.Length; p++)
        {
            (double rate, double decay) = options.GroupOf(parameters[p].Kind);
            double clipped = options.Kind == OptimizerKind.BertAdam ? Math.Sqrt(squares[p]) : norm;
            double factor = clipped > options.MaxGradientNorm ? options.MaxGradientNorm / (clipped + 1e-6) : 1;
            Move(p, AdamCoefficients.Of(options, rate * multiplier, decay, _steps, factor));
        }

        return norm;
    }

    private void Move(int p, AdamCoefficients c)
    {
        float[] values = parameters[p].Values;
        float[] gradients = parameters[p].Gradients;
        for (int i = 0; i < values.Length; i++)
        {
            float g = gradients[i] * c.GradientFactor;
            _first[p][i] = (_first[p][i] * c.Beta1) + (g * c.NewShare1);
            _second[p][i] = (_second[p][i] * c.Beta2) + (g * g * c.NewShare2);
            float root = (MathF.Sqrt(_second[p][i]) * c.SecondFactor) + c.Epsilon;
            values[i] = (values[i] * c.Kept) - (_first[p][i] / root * c.StepSize);
            gradients[i] = 0f;
        }
    }

    // Sixteen lanes in each chunk, then the lower onto the upper ones, then those from the first to the last, then what is behind the lanes.
    private static double SumOfSquares(float[] gradients)
    {
        double total = 0;
        for (int start = 0; start < gradients.Length; start += Chunk)
        {
            int count = Math.Min(Chunk, gradients.Length - start);
            int whole = count - (count % Lanes);
            double[] lanes = new double[Lanes];
            for (int i = 0; i < whole; i++)
            {
                lanes[i % Lanes] += (double)gradients[start + i] * gradients[start + i];
            }

            double sum = 0;
            for (int lane = 0; lane < Lanes / 2; lane++)
            {
                sum += lanes[lane] + lanes[lane + (Lanes / 2)];
            }

            for (int i = whole; i < count; i++)
            {
                sum += (double)gradients[start + i] * gradients[start + i];
            }

            total += sum;
        }

        return total;
    }
}
