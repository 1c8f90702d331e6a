using System.Runtime.InteropServices;
using QuantGen.Linear;

namespace QuantGen.Trainable;

/// <summary>
/// Weights as the sum of two matrices of one bit with scales of their own, the second below the first. Both are multiplied, as inference does, and then added;
/// on the way back their sum is one matrix, whose gradient both get.
/// </summary>
/// <param name="parameter">Both halves as one matrix.</param>
/// <param name="rows">Outputs.</param>
internal sealed class PairedWeights(QuantizedParameter parameter, int rows) : WeightQuantizer(parameter.Weight)
{
    private readonly ScaledWeights _halves = new(parameter);
    private readonly float[] _sum = new float[parameter.Weight.Values.Length / 2];
    private readonly float[] _bias = new float[2 * rows];
    private float[] _outputs = [];

    public override float[] RowScales => _halves.RowScales;

    public override long Floats => base.Floats + _halves.Floats + _sum.Length;

    private int Columns => parameter.Matrix.Columns;

    public override void Initialize() => _halves.Initialize();

    public override void Prepare()
    {
        _halves.Prepare();
        for (int row = 0; row < rows; row++)
        {
            float first = RowScales[row];
            float second = RowScales[rows + row];
            Span<float> sum = _sum.AsSpan(row * Columns, Columns);
            ReadOnlySpan<float> codes = _halves.Values.AsSpan(row * Columns, Columns);
            ReadOnlySpan<float> others = _halves.Values.AsSpan((rows + row) * Columns, Columns);
            for (int i = 0; i < sum.Length; i++)
            {
                sum[i] = (first * codes[i]) + (second * others[i]);
            }
        }
    }

    public override void Finish()
    {
        int half = _sum.Length;
        RowScaling.Add(ref Weight.Gradients[0], half, ref Gradients[0]);
        RowScaling.Add(ref Weight.Gradients[half], half, ref Gradients[0]);
    }

    /// <summary>Computes outputs, where the pass quantizes, as the sum of both halves' in the order of inference.</summary>
    public void Forward(TrainingPass pass, in LinearInput x, int count, float[] bias, MatrixPlace y)
    {
        var input = new MatrixPlace(x.Values, 0, Columns);
        if (!pass.IsQuantized)
        {
            Weight.Values.AsSpan(0, _sum.Length).CopyTo(_sum);
            RowScaling.Add(ref _sum[0], _sum.Length, ref Weight.Values[_sum.Length]);
            pass.Products.Forward(input, count, new MatrixPlace(_sum, 0, Columns), rows, Columns, y, new ProductEpilogue(bias, null, null));
            return;
        }

        bias.CopyTo(_bias, 0);
        FloatBuffers.Reserve(ref _outputs, (long)count * 2 * rows);
        var outputs = new MatrixPlace(_outputs, 0, 2 * rows);
        var epilogue = new ProductEpilogue(_bias, RowScales, x.RowScales);
        pass.Products.Forward(input, count, new MatrixPlace(_halves.Values, 0, Columns), 2 * rows, Columns, outputs, epilogue);
        PairedRows.Add(ref MemoryMarshal.GetArrayDataReference(_outputs), 2 * rows, rows, ref y.Row(0), y.Stride, count);
    }

    /// <summary>Keeps the gradient of the sum of both halves, and computes or adds that of the inputs, where it is wanted.</summary>
    public void Backward(TrainingPass pass, in LinearInput x, int count, MatrixPlace dy, float[]? dx, bool accumulate)
    {
        if (Learns)
        {
            var gradients = new MatrixPlace(Gradients, 0, Columns);
            pass.Products.WeightGradient(dy, new MatrixPlace(x.Values, 0, Columns), x.RowScales, count, rows, Columns, gradients);
        }

        if (dx is not null)
        {
            pass.Products.InputGradient(dy, count, new MatrixPlace(_sum, 0, Columns), null, rows, Columns, new MatrixPlace(dx, 0, Columns), accumulate);
        }
    }
}
