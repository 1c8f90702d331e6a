using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Unicode;
using QuantGen.Checkpoints;
using QuantGen.Specs;

namespace QuantGen.Packed;

/// <summary>Checks that the tensors of a packed file are those of its model and that every value in them is legal.</summary>
internal sealed class PackedValidation
{
    /// <summary>Scales below this would lose digits when multiplied, and no quantizer makes them.</summary>
    public const float SmallestScale = 1e-30f;

    // Below this many bytes starting threads costs more than it saves.
    private const long ParallelLength = 1 << 20;

    private readonly SafetensorsFile _file;
    private readonly ModelSpec _spec;
    private readonly byte[][] _checksums;
    private readonly Dictionary<string, MatrixSpec> _matrices;

    private PackedValidation(SafetensorsFile file, ModelSpec spec)
    {
        _file = file;
        _spec = spec;
        _matrices = spec.Matrices.ToDictionary(matrix => matrix.Name, StringComparer.Ordinal);
        _checksums = PackedMetadata.ReadChecksums(file);
    }

    /// <summary>Requires exactly the tensors of the model.</summary>
    public static void RequireTensors(SafetensorsFile file, IReadOnlyList<TensorSpec> expected)
    {
        var differences = new TensorDifferences();
        var known = new HashSet<string>(expected.Select(tensor => tensor.Name), StringComparer.Ordinal) { PackedLayout.Vocabulary };
        foreach (TensorSpec tensor in expected)
        {
            int[] shape = [.. tensor.Shape];
            SafetensorsDType dtype = tensor.IsFloat ? SafetensorsDType.F32 : SafetensorsDType.U8;
            if (!file.TryGet(tensor.Name, out SafetensorsTensor? found))
            {
                differences.AddMissing(tensor.Name);
            }
            else if (found.DType != dtype || !found.HasShape(shape))
            {
                differences.AddMismatch(tensor.Name, found.Description, $"{dtype.Name()} {SafetensorsTensor.ShapeText(shape)}");
            }
        }

        if (!file.TryGet(PackedLayout.Vocabulary, out SafetensorsTensor? vocabulary))
        {
            differences.AddMissing(PackedLayout.Vocabulary);
        }
        else if (vocabulary.DType != SafetensorsDType.U8 || vocabulary.Shape.Count != 1)
        {
            differences.AddMismatch(PackedLayout.Vocabulary, vocabulary.Description, "U8 of one dimension");
        }

        foreach (SafetensorsTensor tensor in file.Tensors.Where(tensor => !known.Contains(tensor.Name)))
        {
            differences.AddUnexpected(tensor.Name);
        }

        differences.ThrowIfAny(file.Name, known.Count);
    }

    /// <summary>Requires that every tensor has its checksum and holds legal values; the first defect in file order is reported.</summary>
    public static void RequireValues(SafetensorsFile file, ModelSpec spec)
    {
        var validation = new PackedValidation(file, spec);
        var defects = new ModelFormatException?[file.Tensors.Count];
        if (file.FileLength < ParallelLength)
        {
            for (int i = 0; i < defects.Length; i++)
            {
                validation.Check(i);
            }

            return;
        }

        // Longest first, one at a time: one word embedding can be half of the file.
        int[] order = [.. Enumerable.Range(0, defects.Length).OrderByDescending(i => file.Tensors[i].Length)];
        Parallel.ForEach(Partitioner.Create(order, EnumerablePartitionerOptions.NoBuffering), i =>
        {
            try
            {
                validation.Check(i);
            }
            catch (ModelFormatException defect)
            {
                defects[i] = defect;
            }
        });
        if (Array.Find(defects, defect => defect is not null) is ModelFormatException first)
        {
            throw first;
        }
    }

    private void Check(int index)
    {
        SafetensorsTensor tensor = _file.Tensors[index];
        ReadOnlySpan<byte> bytes = _file.Bytes(tensor);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        if (!hash.SequenceEqual(_checksums[index]))
        {
            throw Defect(tensor, "the checksum in the header", "another: the data was changed");
        }

        if (tensor.DType == SafetensorsDType.F32)
        {
            CheckFloats(tensor, bytes);
        }
        else if (tensor.Name == PackedLayout.Vocabulary)
        {
            CheckVocabulary(tensor, bytes);
        }
        else if (tensor.Name.EndsWith(PackedNames.Codes, StringComparison.Ordinal))
        {
            CheckCodes(tensor, bytes);
        }
        else if (tensor.Name.EndsWith(PackedNames.ZeroPoints, StringComparison.Ordinal))
        {
            CheckZeroPoints(tensor, bytes);
        }
    }

    private void CheckFloats(SafetensorsTensor tensor, ReadOnlySpan<byte> bytes)
    {
        if (tensor.Offset % sizeof(float) != 0)
        {
            throw Defect(tensor, "F32 data on a multiple of 4 bytes", $"byte {tensor.Offset}");
        }

        ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(bytes);
        int bad = FloatScan.IndexOfNonFinite(values);
        if (bad >= 0)
        {
            throw Defect(tensor, "finite numbers", $"{values[bad]} at element {bad}");
        }

        bool isScale = tensor.Name.EndsWith(PackedNames.Scales, StringComparison.Ordinal) || tensor.Name.EndsWith(PackedNames.InputScale, StringComparison.Ordinal);
        for (int i = 0; isScale && i < values.Length; i++)
        {
            if (!(values[i] >= SmallestScale))
            {
                throw Defect(tensor, $"scales of at least {SmallestScale}", $"{values[i]} at element {i}");
            }
        }
    }

    private void CheckCodes(SafetensorsTensor tensor, ReadOnlySpan<byte> bytes)
    {
        string name = tensor.Name[..^PackedNames.Codes.Length];
        if (name == PackedLayout.WordEmbedding)
        {
            CheckSegment(tensor, bytes, new RowSegment(_spec.EmbeddingBits, 0, _spec.Dimensions.VocabularySize), _spec.Dimensions.EmbeddingSize, isNarrow: true);
            return;
        }

        MatrixSpec matrix = _matrices[name];
        int position = 0;
        foreach (RowSegment segment in matrix.Segments())
        {
            int length = segment.Rows * MatrixSpec.RowBytes(matrix.Columns, segment.Bits);
            bool isNarrow = matrix.Mapping == Mapping.Symmetric && segment.Bits > 1;
            CheckSegment(tensor, bytes.Slice(position, length), segment, matrix.Columns, isNarrow);
            position += length;
        }
    }

    private void CheckSegment(SafetensorsTensor tensor, ReadOnlySpan<byte> bytes, RowSegment segment, int columns, bool isNarrow)
    {
        bool hasPadding = ((long)columns * segment.Bits) % 8 != 0;
        if (!hasPadding)
        {
            // Rows without padding follow each other as one stream.
            long bad = isNarrow ? CodeScan.IndexOfZero(bytes, (long)segment.Rows * columns, segment.Bits) : -1;
            if (bad >= 0)
            {
                throw ZeroCode(tensor, segment.FirstRow + (bad / columns), bad % columns);
            }

            return;
        }

        int rowBytes = MatrixSpec.RowBytes(columns, segment.Bits);
        for (int row = 0; row < segment.Rows; row++)
        {
            ReadOnlySpan<byte> stream = bytes.Slice(row * rowBytes, rowBytes);
            long bad = isNarrow ? CodeScan.IndexOfZero(stream, columns, segment.Bits) : -1;
            if (bad >= 0)
            {
                throw ZeroCode(tensor, segment.FirstRow + row, bad);
            }

            if (!CodeScan.HasCleanPadding(stream, columns, segment.Bits))
            {
                throw Defect(tensor, $"zero bits after the last code of stored row {segment.FirstRow + row}", "others");
            }
        }
    }

    private void CheckZeroPoints(SafetensorsTensor tensor, ReadOnlySpan<byte> bytes)
    {
        MatrixSpec matrix = _matrices[tensor.Name[..^PackedNames.ZeroPoints.Length]];
        IReadOnlyList<int>? storedGroups = matrix.IsMixed ? matrix.StoredGroups() : null;
        for (int i = 0; i < bytes.Length; i++)
        {
            // Only groups of rows can be mixed, so there the element is a group, in stored order like the rows.
            int bits = storedGroups is null ? matrix.Bits : matrix.GroupBits[storedGroups[i]];
            if (bytes[i] >= 1 << bits)
            {
                throw Defect(tensor, $"zero points below {1 << bits}", $"{bytes[i]} at element {i}");
            }
        }
    }

    private void CheckVocabulary(SafetensorsTensor tensor, ReadOnlySpan<byte> bytes)
    {
        if (!Utf8.IsValid(bytes))
        {
            throw Defect(tensor, "UTF-8 text", "other bytes");
        }

        int lines = bytes.Count((byte)'\n') + (bytes.IsEmpty || bytes[^1] == '\n' ? 0 : 1);
        if (lines != _spec.Dimensions.VocabularySize)
        {
            throw Defect(tensor, $"{_spec.Dimensions.VocabularySize} lines", $"{lines}");
        }
    }

    private ModelFormatException ZeroCode(SafetensorsTensor tensor, long row, long column)
        => Defect(tensor, "codes from 1 up, as the range is narrow", $"0 at stored row {row}, column {column}");

    private ModelFormatException Defect(SafetensorsTensor tensor, string expected, string found)
        => new(_file.Name, $"tensor '{tensor.Name}'", expected, found);
}
