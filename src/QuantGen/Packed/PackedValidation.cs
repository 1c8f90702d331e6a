using System.Runtime.InteropServices;
using System.Text.Unicode;
using QuantGen.Checkpoints;
using QuantGen.Files;
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
    private readonly Dictionary<string, MatrixSpec>.AlternateLookup<ReadOnlySpan<char>> _matrices;
    private readonly HashSet<string> _operands;

    private PackedValidation(SafetensorsFile file, ModelSpec spec)
    {
        _file = file;
        _spec = spec;
        var matrices = new Dictionary<string, MatrixSpec>(spec.Matrices.Count, StringComparer.Ordinal);
        foreach (MatrixSpec matrix in spec.Matrices.Concat(spec.PositionTables()))
        {
            matrices.Add(matrix.Name, matrix);
        }

        _matrices = matrices.GetAlternateLookup<ReadOnlySpan<char>>();
        _operands = [.. spec.AttentionSites().Select(site => site.Name)];
    }

    /// <summary>Requires exactly the tensors that the file of the model has, and that they can be read in place.</summary>
    public static void RequireTensors(SafetensorsFile file, PackedFileLayout layout)
    {
        var differences = new TensorDifferences();
        foreach (FileTensor tensor in layout.Tensors)
        {
            if (!file.TryGet(tensor.Name, out SafetensorsTensor? found))
            {
                differences.AddMissing(tensor.Name);
            }
            else if (found.DType != tensor.DType || !found.Shape.SequenceEqual(tensor.Shape))
            {
                differences.AddMismatch(tensor.Name, found.Description, $"{tensor.DType.Name()} {SafetensorsTensor.ShapeText(tensor.Shape)}");
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

        foreach (SafetensorsTensor tensor in file.Tensors.Where(tensor => tensor.Name != PackedLayout.Vocabulary && layout.Find(tensor.Name) is null))
        {
            differences.AddUnexpected(tensor.Name);
        }

        differences.ThrowIfAny(file.Name, layout.Tensors.Count + 1);
        foreach (SafetensorsTensor tensor in file.Tensors)
        {
            if (tensor.Length > int.MaxValue)
            {
                throw new ModelFormatException(
                    file.Name, $"tensor '{tensor.Name}'", $"at most {int.MaxValue} bytes, as many as a span can have", $"{tensor.Length}");
            }

            if (tensor.DType == SafetensorsDType.F32 && tensor.Offset % sizeof(float) != 0)
            {
                throw new ModelFormatException(file.Name, $"tensor '{tensor.Name}'", "F32 data on a multiple of 4 bytes", $"byte {tensor.Offset}");
            }
        }
    }

    /// <summary>Requires that every tensor has its checksum and holds legal values; the first defect in file order is reported.</summary>
    public static void RequireValues(SafetensorsFile file, ModelSpec spec, StoredTensor[] tensors, int threads, CancellationToken cancellation)
    {
        threads = file.FileLength < ParallelLength ? 1 : threads;
        RequireChecksums(file, threads, cancellation);
        var validation = new PackedValidation(file, spec);

        // Longest first: one word embedding can be half of the file.
        int[] order = new int[tensors.Length];
        long[] lengths = new long[tensors.Length];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
            lengths[i] = -tensors[i].Spec.Bytes;
        }

        Array.Sort(lengths, order);
        var defects = new ModelFormatException?[tensors.Length];
        LoadLoop.Run(threads, tensors.Length, item =>
        {
            try
            {
                validation.Check(tensors[order[item]]);
            }
            catch (ModelFormatException defect)
            {
                defects[order[item]] = defect;
            }
        }, cancellation);
        if (Array.Find(defects, defect => defect is not null) is ModelFormatException first)
        {
            throw first;
        }
    }

    private static void RequireChecksums(SafetensorsFile file, int threads, CancellationToken cancellation)
    {
        byte[][] checksums = PackedMetadata.ReadChecksums(file);
        byte[] found = TensorChecksum.OfAll(file, threads, cancellation);
        for (int i = 0; i < checksums.Length; i++)
        {
            if (!found.AsSpan(i * TensorChecksum.Length, TensorChecksum.Length).SequenceEqual(checksums[i]))
            {
                throw new ModelFormatException(file.Name, $"tensor '{file.Tensors[i].Name}'", "the checksum in the header", "another: the data was changed");
            }
        }
    }

    private void Check(StoredTensor stored)
    {
        ReadOnlySpan<byte> bytes = stored.Bytes(_file);
        TensorSpec tensor = stored.Spec;
        if (tensor.IsFloat)
        {
            CheckFloats(tensor, MemoryMarshal.Cast<byte, float>(bytes));
        }
        else if (tensor.Class == TensorClass.Vocabulary)
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
        else if (tensor.Name.EndsWith(PackedNames.InputZeroPoint, StringComparison.Ordinal))
        {
            CheckInputZeroPoints(tensor, bytes);
        }
    }

    private void CheckFloats(TensorSpec tensor, ReadOnlySpan<float> values)
    {
        int bad = FloatScan.IndexOfNonFinite(values);
        if (bad >= 0)
        {
            throw Defect(tensor, "finite numbers", $"{values[bad]} at element {bad}");
        }

        bool isScale = tensor.Name.EndsWith(PackedNames.Scales, StringComparison.Ordinal)
            || tensor.Name.EndsWith(PackedNames.InputScale, StringComparison.Ordinal);
        if (tensor.Name.EndsWith(PackedNames.Ranges, StringComparison.Ordinal))
        {
            CheckRanges(tensor, values);
            return;
        }

        for (int i = 0; isScale && i < values.Length; i++)
        {
            if (!(values[i] >= SmallestScale))
            {
                throw Defect(tensor, $"scales of at least {SmallestScale}", $"{values[i]} at element {i}");
            }
        }
    }

    // Of each site the scales, then as many centers.
    private void CheckRanges(TensorSpec tensor, ReadOnlySpan<float> values)
    {
        string owner = PackedNames.WithoutMember(tensor.Name)[..^PackedNames.Ranges.Length].ToString();
        int first = 0;
        foreach (ActivationSite site in _spec.RoundingPlaces().First(place => place.Owner == owner).Sites)
        {
            for (int i = first; i < first + site.Buckets; i++)
            {
                if (!(values[i] >= SmallestScale))
                {
                    throw Defect(tensor, $"scales of at least {SmallestScale}", $"{values[i]} at element {i}");
                }
            }

            first += 2 * site.Buckets;
        }
    }

    private void CheckCodes(TensorSpec tensor, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<char> name = PackedNames.WithoutMember(tensor.Name)[..^PackedNames.Codes.Length];
        if (name.SequenceEqual(PackedLayout.WordEmbedding))
        {
            CheckSegment(
                tensor, bytes, new RowSegment(_spec.EmbeddingBits, 0, _spec.EmbeddingRows), _spec.Dimensions.EmbeddingSize,
                isNarrow: !_spec.HasEmbeddingCodebook && _spec.EmbeddingBits > 1 && _spec.RowMapping == Mapping.Symmetric);
            return;
        }

        MatrixSpec matrix = _matrices[name];
        int position = 0;
        foreach (RowSegment segment in matrix.Segments())
        {
            int length = segment.Rows * MatrixSpec.RowBytes(matrix.Columns, segment.Bits);
            bool isNarrow = !matrix.HasCodebook && matrix.Mapping == Mapping.Symmetric && segment.Bits > 1;
            CheckSegment(tensor, bytes.Slice(position, length), segment, matrix.Columns, isNarrow);
            position += length;
        }
    }

    private void CheckSegment(TensorSpec tensor, ReadOnlySpan<byte> bytes, RowSegment segment, int columns, bool isNarrow)
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

    private void CheckZeroPoints(TensorSpec tensor, ReadOnlySpan<byte> bytes)
    {
        MatrixSpec matrix = _matrices[PackedNames.WithoutMember(tensor.Name)[..^PackedNames.ZeroPoints.Length]];
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

    // What attention multiplies has symmetric codes; only probabilities may have all of theirs above 0.
    private void CheckInputZeroPoints(TensorSpec tensor, ReadOnlySpan<byte> bytes)
    {
        string name = PackedNames.WithoutMember(tensor.Name)[..^PackedNames.InputZeroPoint.Length].ToString();
        bool isOperand = _operands.Contains(name);
        int bits = isOperand ? _spec.AttentionBits : _spec.ActivationBits;
        int middle = 1 << (bits - 1);
        for (int i = 0; i < bytes.Length; i++)
        {
            if (isOperand && bytes[i] != middle && !(bytes[i] == 0 && ActivationSite.IsProbabilitiesName(name)))
            {
                throw Defect(tensor, $"the zero point {middle} of symmetric codes", $"{bytes[i]} at element {i}");
            }

            if (bytes[i] >= 1 << bits)
            {
                throw Defect(tensor, $"zero points below {1 << bits}", $"{bytes[i]} at element {i}");
            }
        }
    }

    private void CheckVocabulary(TensorSpec tensor, ReadOnlySpan<byte> bytes)
    {
        if (!Utf8.IsValid(bytes))
        {
            throw Defect(tensor, "UTF-8 text", "other bytes");
        }

        int lines = bytes.Count((byte)'\n') + (bytes.IsEmpty || bytes[^1] == '\n' ? 0 : 1);

        // A word embedding may have more rows than there are tokens: rows that pad it to a round number.
        if (lines < 1 || lines > _spec.Dimensions.VocabularySize)
        {
            throw Defect(tensor, $"1 to {_spec.Dimensions.VocabularySize} lines, the rows of the word embedding", $"{lines}");
        }
    }

    private ModelFormatException ZeroCode(TensorSpec tensor, long row, long column)
        => Defect(tensor, "codes from 1 up, as the range is narrow", $"0 at stored row {row}, column {column}");

    private ModelFormatException Defect(TensorSpec tensor, string expected, string found)
        => new(_file.Name, $"tensor '{tensor.Name}'", expected, found);
}
