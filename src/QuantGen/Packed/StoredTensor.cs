using QuantGen.Checkpoints;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Packed;

/// <summary>Where a file has one of the model's tensors, or the vocabulary.</summary>
/// <param name="Spec">The model's tensor.</param>
/// <param name="Data">The file's tensor that it is part of.</param>
/// <param name="Start">Its first byte within <paramref name="Data"/>.</param>
internal readonly record struct StoredTensor(TensorSpec Spec, SafetensorsTensor Data, long Start)
{
    /// <summary>Finds all of them, in the order of the file, whose tensors must be those of the layout.</summary>
    public static StoredTensor[] All(SafetensorsFile file, PackedFileLayout layout)
    {
        var all = new StoredTensor[layout.Model.Count + 1];
        int count = 0;
        foreach (SafetensorsTensor data in file.Tensors)
        {
            long start = 0;
            foreach (TensorSpec spec in layout.Find(data.Name)?.Members ?? [VocabularySpec(data)])
            {
                all[count++] = new StoredTensor(spec, data, start);
                start += spec.Bytes;
            }
        }

        return all;
    }

    /// <summary>Returns its bytes, in place.</summary>
    public ReadOnlySpan<byte> Bytes(SafetensorsFile file) => file.Bytes(Data).Slice((int)Start, (int)Spec.Bytes);

    private static TensorSpec VocabularySpec(SafetensorsTensor data)
        => new(PackedLayout.Vocabulary, false, new EquatableArray<int>([(int)data.Length]), TensorClass.Vocabulary);
}
