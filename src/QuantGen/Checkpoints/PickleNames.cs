namespace QuantGen.Checkpoints;

/// <summary>The names that a pickle of a state dict may mention, and what calls of them make. There are no others.</summary>
internal static class PickleNames
{
    private const int MaxRank = SafetensorsHeader.MaxRank;

    private static readonly Dictionary<string, object> s_known = new(StringComparer.Ordinal)
    {
        ["collections.OrderedDict"] = PickleGlobal.OrderedDictionary,
        ["torch._utils._rebuild_tensor_v2"] = PickleGlobal.Tensor,
        ["torch._utils._rebuild_parameter"] = PickleGlobal.Parameter,
        ["torch.FloatStorage"] = SafetensorsDType.F32,
        ["torch.HalfStorage"] = SafetensorsDType.F16,
        ["torch.BFloat16Storage"] = SafetensorsDType.BF16,
        ["torch.DoubleStorage"] = SafetensorsDType.F64,
        ["torch.LongStorage"] = SafetensorsDType.I64,
        ["torch.IntStorage"] = SafetensorsDType.I32,
        ["torch.ShortStorage"] = SafetensorsDType.I16,
        ["torch.CharStorage"] = SafetensorsDType.I8,
        ["torch.ByteStorage"] = SafetensorsDType.U8,
        ["torch.BoolStorage"] = SafetensorsDType.Bool,
    };

    /// <summary>Finds a name; null for one that is not known.</summary>
    /// <param name="name">Module and name with a dot between.</param>
    public static object? Find(string name) => s_known.GetValueOrDefault(name);

    /// <summary>Makes what a call would make; null where its arguments are not those of a tensor or an empty dictionary.</summary>
    /// <param name="called">What is called.</param>
    /// <param name="arguments">Its arguments.</param>
    public static object? Call(object? called, object?[] arguments) => (called, arguments) switch
    {
        (PickleGlobal.OrderedDictionary, []) => new PickleDictionary(),
        (PickleGlobal.Tensor, [PickleStorage storage, long offset, object?[] shape, object?[] strides, bool, PickleDictionary, ..])
            when arguments.Length <= 7 => Tensor(storage, offset, shape, strides),
        (PickleGlobal.Parameter, [PickleTensor tensor, bool, PickleDictionary]) => tensor,
        _ => null,
    };

    /// <summary>Makes the storage that a persistent id names; null where it names none.</summary>
    /// <param name="id">The id.</param>
    public static PickleStorage? Storage(object? id) =>
        id is object?[] and ["storage", SafetensorsDType dtype, string key, string, long count] && count >= 0 ? new PickleStorage(dtype, key, count) : null;

    // A view never has more elements than its storage: bytes of a file could otherwise ask for any amount of memory.
    private static PickleTensor? Tensor(PickleStorage storage, long offset, object?[] shape, object?[] strides)
    {
        if (shape.Length > MaxRank || shape.Length != strides.Length || offset < 0 || offset > storage.Count)
        {
            return null;
        }

        var tensor = new PickleTensor(storage, offset, new long[shape.Length], new long[shape.Length]);
        long count = 1;
        UInt128 last = (ulong)offset;
        for (int i = 0; i < shape.Length; i++)
        {
            if (shape[i] is not long size || strides[i] is not long stride || size < 0 || stride < 0 || (size > 0 && count > storage.Count / size))
            {
                return null;
            }

            count *= size;
            (tensor.Shape[i], tensor.Strides[i]) = (size, stride);
            last += size > 0 ? (UInt128)(ulong)(size - 1) * (ulong)stride : 0;
        }

        return count == 0 || last < (ulong)storage.Count ? tensor : null;
    }
}
