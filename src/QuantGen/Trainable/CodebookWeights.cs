using QuantGen.Quantization;

namespace QuantGen.Trainable;

/// <summary>Weights as labels of a codebook. Labels stay as they were made, centroids are trained by the mean of their members' gradients (Zhao et al., 2020).</summary>
internal sealed class CodebookWeights : WeightQuantizer
{
    private readonly Scheme _scheme;
    private readonly int _bits;
    private readonly Parameter _centroids;
    private readonly TrainableOptions _options;
    private byte[] _labels = [];

    public CodebookWeights(Scheme scheme, int bits, Parameter weight, Parameter centroids, TrainableOptions options)
        : base(weight)
    {
        _scheme = scheme;
        _bits = bits;
        _centroids = centroids;
        _options = options;
        weight.IsTrained = false;
    }

    public override float[]? RowScales => null;

    public override void Initialize()
    {
        Clusters clusters = _scheme == Scheme.KMeans
            ? ClusterQuantizer.KMeans(Weight.Values, _bits, _options.ClusterIterations, _options.ClusterSeed)
            : ClusterQuantizer.Linear(Weight.Values, _bits);
        clusters.Centroids.CopyTo(_centroids.Values, 0);
        _labels = clusters.Labels;
    }

    public override void Prepare()
    {
        if (_labels.Length == 0)
        {
            throw new InvalidOperationException($"The codebook of '{Weight.Name}' has not been made: InitializeWeightQuantizers comes first.");
        }

        for (int i = 0; i < _labels.Length; i++)
        {
            Values[i] = _centroids.Values[_labels[i]];
        }
    }

    public override void Finish()
    {
        Span<double> sums = stackalloc double[1 << _bits];
        Span<int> counts = stackalloc int[1 << _bits];
        sums.Clear();
        counts.Clear();
        for (int i = 0; i < _labels.Length; i++)
        {
            sums[_labels[i]] += Gradients[i];
            counts[_labels[i]]++;
        }

        for (int c = 0; c < sums.Length; c++)
        {
            _centroids.Gradients[c] += counts[c] == 0 ? 0f : (float)(sums[c] / counts[c]);
        }
    }
}
