using QuantGen.Quantization;

namespace QuantGen.Trainable;

/// <summary>Weights as evenly spaced codes with a scale for each group of rows. Gradients pass to the weights as they are.</summary>
internal sealed class ScaledWeights(QuantizedParameter parameter) : WeightQuantizer(parameter.Weight)
{
    private readonly float[] _rowScales = new float[parameter.Matrix.Rows];

    public override float[] RowScales => _rowScales;

    public override bool Learns => parameter.Learns;

    private int GroupLength => parameter.GroupLength;

    protected override bool PassesAsIs => true;

    public override void Initialize() => parameter.InitializeAlphas();

    public override void Prepare()
    {
        int rows = parameter.Matrix.RowsPerGroup;
        for (int group = 0; group < parameter.Matrix.GroupCount; group++)
        {
            int first = group * GroupLength;
            SchemeFit fit = parameter.Fit(group);
            fit.Center(Weight.Values.AsSpan(first, GroupLength), Values.AsSpan(first, GroupLength));
            _rowScales.AsSpan(group * rows, rows).Fill(fit.Scale);
        }
    }

    public override void Finish()
    {
        for (int group = 0; group < parameter.Alpha?.Gradients.Length; group++)
        {
            long first = (long)group * GroupLength;
            double sum = Thresholds.LongGradient(
                ref Weight.Values.At(first), ref Values.At(first), ref Gradients.At(first), GroupLength, parameter.Threshold(group));
            parameter.Alpha.Gradients[group] += (float)(sum * parameter.GradientFactor(group));
        }

        if (!Weight.IsFrozen && Gradients != Weight.Gradients)
        {
            RowScaling.Add(ref Weight.Gradients[0], Weight.Gradients.Length, ref Gradients[0]);
        }
    }
}
