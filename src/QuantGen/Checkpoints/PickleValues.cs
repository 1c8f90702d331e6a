namespace QuantGen.Checkpoints;

/// <summary>A name of Python that a pickle mentions, and what it stands for here; nothing of Python is ever run.</summary>
internal enum PickleGlobal
{
    /// <summary><c>collections.OrderedDict</c>.</summary>
    OrderedDictionary,

    /// <summary><c>torch._utils._rebuild_tensor_v2</c>: a view of a storage.</summary>
    Tensor,

    /// <summary><c>torch._utils._rebuild_parameter</c>: a tensor that is trained.</summary>
    Parameter,
}

/// <summary>A dictionary of a pickle, in the order in which its entries were set.</summary>
internal sealed class PickleDictionary
{
    /// <summary>Gets the entries.</summary>
    public List<(object? Key, object? Value)> Entries { get; } = [];
}

/// <summary>The numbers that tensors are views of.</summary>
/// <param name="DType">The type of its elements.</param>
/// <param name="Key">The name of its file in the archive.</param>
/// <param name="Count">Elements.</param>
internal sealed record PickleStorage(SafetensorsDType DType, string Key, long Count);

/// <summary>A view of a storage: element (i, j, ...) is the one at Offset + i * Strides[0] + j * Strides[1] + ...</summary>
/// <param name="Storage">The storage.</param>
/// <param name="Offset">Its first element.</param>
/// <param name="Shape">Dimensions, outermost first.</param>
/// <param name="Strides">Elements from one index to the next, for every dimension.</param>
internal sealed record PickleTensor(PickleStorage Storage, long Offset, long[] Shape, long[] Strides);
