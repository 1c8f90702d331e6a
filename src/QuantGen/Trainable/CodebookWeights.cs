
namespace QuantGen.Trainable;

/// <summary>
/// Weights as labels of a codebook. Labels stay as they were made, centroids are trained by the mean of their members' gradients (Zhao et al., 2020).
/// </summary>
internal sealed class CodebookWeights(QuantizedParameter parameter) : WeightQuantizer(parameter.Weight)
{
    private byte[] _labels = [];

    public override float[]? RowScales => null;

    public override bool Learns => parameter.Learns;

    private Parameter Centroids => parameter.Centroids!;

    public override void Initialize() => _labels = parameter.InitializeCentroids();

    public override void Prepare()
    {
        if (_labels.Length == 0)
        {
            throw parameter.NoCodebook();
        }

        for (int i = 0; i < _labels.Length; i++)
        {
            Values[i] = Centroids.Values[_labels[i]];
        }
    }

    public override void Finish()
    {
        Span<double> sums = stackalloc double[Centroids.Values.Length];
        Span<int> counts = stackalloc int[Centroids.Values.Length];
        sums.Clear();
        counts.Clear();
        for (int i = 0; i < _labels.Length; i++)
        {
            sums[_labels[i]] += Gradients[i];
            counts[_labels[i]]++;
        }

        for (int c = 0; c < sums.Length; c++)
        {
            Centroids.Gradients[c] += counts[c] == 0 ? 0f : (float)(sums[c] / counts[c]);
        }
    }
}
