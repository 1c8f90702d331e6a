namespace QuantGen.Quantization;

/// <summary>A matrix as codes, scales and zero points; codes are one byte each and not yet packed.</summary>
internal sealed class QuantizedMatrix
{
    private readonly int[] _groupBits;

    /// <summary>Creates a matrix from its parts, which are kept, not copied.</summary>
    /// <param name="grouping">Shape and groups.</param>
    /// <param name="groupBits">One width (1, 2, 3, 4 or 8) for all groups, or one per row group.</param>
    /// <param name="codes">Unsigned stored codes, row-major.</param>
    /// <param name="scales">One scale per group, finite and above 0.</param>
    /// <param name="zeroPoints">One zero point per group, or null when symmetric.</param>
    /// <param name="centers">What the middle code of each group stands for, or null where that is 0 or the zero point says it.</param>
    /// <exception cref="ArgumentException">A length, a width, a scale, a code, a zero point or a center does not fit; the message says where.</exception>
    public QuantizedMatrix(
        MatrixGrouping grouping, IReadOnlyList<int> groupBits, byte[] codes, float[] scales, byte[]? zeroPoints, float[]? centers = null)
    {
        ArgumentNullException.ThrowIfNull(groupBits);
        ArgumentNullException.ThrowIfNull(codes);
        ArgumentNullException.ThrowIfNull(scales);
        grouping.Validate();
        Grouping = grouping;
        Codes = codes;
        Scales = scales;
        ZeroPoints = zeroPoints;
        Centers = centers;
        _groupBits = [.. groupBits];
        CheckLengths();
        for (int group = 0; group < scales.Length; group++)
        {
            CheckGroup(group);
        }
    }

    /// <summary>Gets shape and groups.</summary>
    public MatrixGrouping Grouping { get; }

    /// <summary>Gets the rows.</summary>
    public int Rows => Grouping.Rows;

    /// <summary>Gets the columns.</summary>
    public int Columns => Grouping.Columns;

    /// <summary>Gets the unsigned stored codes, row-major.</summary>
    public byte[] Codes { get; }

    /// <summary>Gets one scale per group.</summary>
    public float[] Scales { get; }

    /// <summary>Gets one zero point per group; null when symmetric, where it is 2^(bits-1).</summary>
    public byte[]? ZeroPoints { get; }

    /// <summary>Gets what the middle code of each group stands for, where ranges are kept as they are; else null.</summary>
    public float[]? Centers { get; }

    /// <summary>Gets the mapping of the codes.</summary>
    public Mapping Mapping => Centers is not null ? Mapping.Offset : ZeroPoints is null ? Mapping.Symmetric : Mapping.Asymmetric;

    /// <summary>Gets the widths: one for all groups, or one per row group.</summary>
    public IReadOnlyList<int> GroupBits => _groupBits;

    /// <summary>Gets the mean width of a code over the matrix.</summary>
    public double MeanBits => _groupBits.Average();

    /// <summary>Returns the width of a group's codes.</summary>
    /// <param name="group">Index of the group.</param>
    public int BitsOf(int group) => _groupBits[group % _groupBits.Length];

    /// <summary>Returns the width of a row's codes.</summary>
    /// <param name="row">Index of the row.</param>
    public int BitsOfRow(int row) => _groupBits.Length == 1 ? _groupBits[0] : _groupBits[row / (Rows / Grouping.GroupCount)];

    /// <summary>Returns scale and zero point of a group of 2 bits or more.</summary>
    /// <param name="group">Index of the group.</param>
    public QuantizationParameters Parameters(int group) => new(Scales[group], ZeroPoints is null ? 1 << (BitsOf(group) - 1) : ZeroPoints[group])
    {
        Center = Centers is null ? 0f : Centers[group],
    };

    /// <summary>Returns the code nearest to a value at a place of the matrix, and the value that the code stands for.</summary>
    /// <param name="row">The row.</param>
    /// <param name="column">The column.</param>
    /// <param name="value">The value.</param>
    public (byte Code, float Value) Nearest(int row, int column, float value)
    {
        int group = Grouping.GroupOf(row, column);
        if (BitsOf(group) == 1)
        {
            return value >= 0 ? ((byte)1, Scales[group]) : ((byte)0, -Scales[group]);
        }

        QuantizationParameters parameters = Parameters(group);
        byte code = LinearQuantizer.Quantize(value, parameters, CodeRange.For(Mapping, BitsOf(group)));
        return (code, LinearQuantizer.Dequantize(code, parameters));
    }

    /// <summary>Writes the values the codes stand for.</summary>
    /// <param name="values">Receives rows x columns values, row-major.</param>
    /// <exception cref="ArgumentException">The length differs.</exception>
    public void Dequantize(Span<float> values)
    {
        CheckValues(values.Length);
        for (int group = 0; group < Scales.Length; group++)
        {
            (int start, int length) = Grouping.Elements(group);
            DequantizeGroup(group, values.Slice(start, length));
        }
    }

    /// <summary>Returns the signal to quantization noise ratio, <c>10 log10(sum w^2 / sum (w - w_hat)^2)</c>.</summary>
    /// <param name="original">The values that were quantized, row-major.</param>
    /// <returns>Decibels; positive infinity when the codes stand for exactly these values.</returns>
    /// <exception cref="ArgumentException">The length differs.</exception>
    public double SignalToNoiseDb(ReadOnlySpan<float> original)
    {
        CheckValues(original.Length);
        double signal = 0;
        double noise = 0;
        float[] values = new float[Grouping.Elements(0).Length];
        for (int group = 0; group < Scales.Length; group++)
        {
            (int start, int length) = Grouping.Elements(group);
            DequantizeGroup(group, values.AsSpan(0, length));
            for (int i = 0; i < length; i++)
            {
                double value = original[start + i];
                double difference = value - values[i];
                signal += value * value;
                noise += difference * difference;
            }
        }

        return noise == 0 ? double.PositiveInfinity : 10 * Math.Log10(signal / noise);
    }

    private void DequantizeGroup(int group, Span<float> values)
    {
        ReadOnlySpan<byte> codes = Codes.AsSpan(Grouping.Elements(group).Start, values.Length);
        if (BitsOf(group) == 1)
        {
            BinaryQuantizer.Dequantize(codes, Scales[group], values);
        }
        else
        {
            LinearQuantizer.Dequantize(codes, Parameters(group), values);
        }
    }

    private void CheckLengths()
    {
        if (Codes.Length != Rows * Columns)
        {
            throw new ArgumentException($"{Codes.Length} codes are not a matrix of {Rows} x {Columns}.");
        }

        if (Scales.Length != Grouping.Count || (ZeroPoints is not null && ZeroPoints.Length != Grouping.Count))
        {
            throw new ArgumentException($"{Scales.Length} scales and {ZeroPoints?.Length ?? 0} zero points are given for {Grouping.Count} groups.");
        }

        if (_groupBits.Length != 1 && (Grouping.GroupSize != 0 || _groupBits.Length != Grouping.GroupCount))
        {
            throw new ArgumentException($"{_groupBits.Length} widths are given for {Grouping.GroupCount} row groups; one for all or one for each is needed.");
        }

        if (Centers is not null && (Centers.Length != Grouping.Count || ZeroPoints is not null || !Array.TrueForAll(Centers, float.IsFinite)))
        {
            throw new ArgumentException($"{Centers.Length} centers are given for {Grouping.Count} groups; each has one finite number and no zero point.");
        }

        foreach (int bits in _groupBits)
        {
            if (bits is < 1 or > 8 || (bits == 1 && Mapping != Mapping.Symmetric))
            {
                throw new ArgumentException($"A width of {bits} bits is not possible; widths are 1 (symmetric only) to 8.");
            }
        }
    }

    private void CheckGroup(int group)
    {
        float scale = Scales[group];
        if (!(scale > 0) || float.IsInfinity(scale))
        {
            throw new ArgumentException($"The scale of group {group} is not finite and above 0.");
        }

        CodeRange range = CodeRange.For(Mapping, BitsOf(group));
        (int start, int length) = Grouping.Elements(group);
        int outside = range.IndexOfOutside(Codes.AsSpan(start, length));
        if (outside >= 0)
        {
            int at = start + outside;
            throw new ArgumentException(
                $"The code at row {at / Columns}, column {at % Columns} is {Codes[at]}, outside {range.Lowest} to {range.Highest}.");
        }

        if (ZeroPoints is not null && ZeroPoints[group] > range.Highest)
        {
            throw new ArgumentException($"The zero point of group {group} is {ZeroPoints[group]}, above {range.Highest}.");
        }
    }

    private void CheckValues(int length)
    {
        if (length != Codes.Length)
        {
            throw new ArgumentException($"{length} values are not a matrix of {Rows} x {Columns}.");
        }
    }
}
