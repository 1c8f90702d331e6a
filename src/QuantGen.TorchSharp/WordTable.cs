using QuantGen.Trainable;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>The word embedding as a pass sees it: the rows that a batch needs, or all where they are also a layer's weights.</summary>
internal sealed class WordTable
{
    private readonly QuantizedParameter _parameter;
    private readonly DeviceParameter? _all;
    private readonly DeviceParameter? _alpha;
    private readonly CodebookValues? _codebook;
    private TorchPass? _pass;
    private int[] _rows = [];
    private Tensor? _values;

    /// <summary>Wraps the embedding.</summary>
    /// <param name="parameter">The embedding and how it is quantized.</param>
    /// <param name="takesAll">Whether every pass needs all rows.</param>
    /// <param name="device">Makes device parameters.</param>
    public WordTable(QuantizedParameter parameter, bool takesAll, Func<Parameter, DeviceParameter> device)
    {
        _parameter = parameter;
        _all = takesAll ? device(parameter.Weight) : null;
        _alpha = parameter.Alpha is null ? null : device(parameter.Alpha);
        _codebook = parameter.Centroids is null ? null : new CodebookValues(parameter, device(parameter.Centroids));
    }

    private int Columns => _parameter.Matrix.Columns;

    public void Initialize()
    {
        _parameter.InitializeAlphas();
        _codebook?.Initialize();
    }

    /// <summary>Gets the embeddings, row after row.</summary>
    public Tensor Values(TorchPass pass)
    {
        if (_pass != pass)
        {
            _pass = pass;
            _rows = _all is null ? [.. pass.Batch.Ids.Distinct().Order()] : [.. Enumerable.Range(0, _parameter.Matrix.Rows)];
            _values = Make(pass);
        }

        return _values!;
    }

    /// <summary>Gets the place of every token's word among <see cref="Values"/>.</summary>
    public Tensor Places(TorchPass pass) =>
        tensor(Array.ConvertAll(pass.Batch.Ids, id => _all is null ? Array.BinarySearch(_rows, id) : (long)id), device: pass.Device);

    private Tensor Make(TorchPass pass)
    {
        if (!pass.IsQuantized || !_parameter.Matrix.IsQuantized)
        {
            return Leaf(pass);
        }

        if (_codebook is not null)
        {
            return _codebook.Rows(pass, _all is null ? _rows : null);
        }

        var fits = new RowFits(_parameter, _rows, pass.Device);
        return fits.Center(Leaf(pass), _alpha?.In(pass)) * fits.Scale;
    }

    private Tensor Leaf(TorchPass pass)
    {
        if (_all is not null)
        {
            return _all.In(pass);
        }

        float[] values = new float[_rows.Length * Columns];
        for (int i = 0; i < _rows.Length; i++)
        {
            _parameter.Weight.Values.AsSpan(_rows[i] * Columns, Columns).CopyTo(values.AsSpan(i * Columns));
        }

        Tensor leaf = HostMemory.Share(values, pass.Device, _rows.Length, Columns).requires_grad_(!_parameter.Weight.IsFrozen);
        pass.Keep(leaf);
        if (!_parameter.Weight.IsFrozen)
        {
            int[] rows = _rows;
            pass.Leaves.Add(new GraphLeaf(leaf, IsHead: false, gradient => AddGradient(rows, gradient)));
        }

        return leaf;
    }

    private void AddGradient(int[] rows, Tensor gradient)
    {
        Span<float> source = HostMemory.Elements(gradient);
        for (int i = 0; i < rows.Length; i++)
        {
            RowScaling.Add(ref _parameter.Weight.Gradients[rows[i] * Columns], Columns, ref source[i * Columns]);
        }
    }
}
