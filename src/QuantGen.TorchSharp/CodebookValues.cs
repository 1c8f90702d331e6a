using QuantGen.Trainable;
using global::TorchSharp;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>Labels and the values that a codebook gives them.</summary>
/// <param name="parameter">The weight.</param>
/// <param name="centroids">The codebook on the device.</param>
internal sealed class CodebookValues(QuantizedParameter parameter, DeviceParameter centroids)
{
    private byte[] _labels = [];
    private double[] _shares = [];

    /// <summary>Makes labels and centroids from the present values of the weight.</summary>
    public void Initialize()
    {
        _labels = parameter.InitializeCentroids();
        long[] counts = new long[parameter.Matrix.CodebookLength];
        foreach (byte label in _labels)
        {
            counts[label]++;
        }

        // A cluster without members gets no gradient.
        _shares = [.. counts.Select(count => count == 0 ? 0.0 : 1.0 / count)];
    }

    /// <summary>Gets the values of rows.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="rows">The rows, or null for all.</param>
    /// <exception cref="InvalidOperationException">There are no labels yet.</exception>
    public Tensor Rows(TorchPass pass, int[]? rows)
    {
        if (_labels.Length == 0)
        {
            throw parameter.NoCodebook();
        }

        using DisposeScope scope = NewDisposeScope();
        int columns = parameter.Matrix.Columns;
        byte[] wanted = rows is null ? _labels : [.. rows.SelectMany(row => _labels.AsSpan(row * columns, columns).ToArray())];
        Tensor labels = tensor(wanted, device: pass.Device).to(ScalarType.Int32);
        Tensor codebook = centroids.In(pass);

        // In double, because sums of a million gradients lose too much in float.
        Tensor means = (codebook.to(ScalarType.Float64) * tensor(_shares, device: pass.Device)).index_select(0, labels).to(ScalarType.Float32);
        return scope.MoveToOuter((codebook.detach().index_select(0, labels) + (means - means.detach())).view(-1, columns));
    }
}
