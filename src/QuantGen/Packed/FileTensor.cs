using QuantGen.Checkpoints;
using QuantGen.Specs;

namespace QuantGen.Packed;

/// <summary>One tensor as a packed file stores it: one of the model's, or several of one kind joined.</summary>
internal sealed class FileTensor
{
    private readonly List<TensorSpec> _members = [];

    /// <summary>Starts a tensor without members.</summary>
    public FileTensor(string name, bool isFloat)
    {
        Name = name;
        IsFloat = isFloat;
    }

    /// <summary>Gets the name in the file.</summary>
    public string Name { get; }

    /// <summary>Gets whether elements are F32; otherwise U8.</summary>
    public bool IsFloat { get; }

    /// <summary>Gets the model's tensors in it; each starts where the one before it ends.</summary>
    public IReadOnlyList<TensorSpec> Members => _members;

    /// <summary>Gets the number of elements.</summary>
    public long Count { get; private set; }

    /// <summary>Gets the number of bytes.</summary>
    public long Bytes => IsFloat ? Count * sizeof(float) : Count;

    /// <summary>Gets the element type in the file.</summary>
    public SafetensorsDType DType => IsFloat ? SafetensorsDType.F32 : SafetensorsDType.U8;

    /// <summary>Gets the dimensions in the file: those of the model's tensor, or one dimension where tensors are joined.</summary>
    public IReadOnlyList<long> Shape => _members[0].Name == Name ? [.. _members[0].Shape.Select(n => (long)n)] : [Count];

    /// <summary>Appends one of the model's tensors.</summary>
    public void Add(TensorSpec tensor)
    {
        _members.Add(tensor);
        Count += tensor.Count;
    }
}
