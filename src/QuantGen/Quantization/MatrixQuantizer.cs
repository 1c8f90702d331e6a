namespace QuantGen.Quantization;

/// <summary>Quantizes a matrix of weights: per tensor, per channel, per group of rows, or per group along the input.</summary>
/// <remarks>
/// Row groups are those of Q-BERT (Shen et al., AAAI 2020): consecutive output neurons share a range, so the scale factors out of the dot
/// product. The asymmetric form here has an integer zero point, which keeps 0 exact; it equals the form with a real offset (<see cref="Mapping.Offset"/>)
/// where the range's low end is a multiple of the scale. An embedding quantized row by row is a group count equal to the rows.
/// </remarks>
internal static class MatrixQuantizer
{
    /// <summary>Quantizes a row-major matrix.</summary>
    /// <param name="values">Finite values, <paramref name="rows"/> times <paramref name="columns"/> of them.</param>
    /// <param name="rows">Rows, at least 1.</param>
    /// <param name="columns">Columns, at least 1.</param>
    /// <param name="options">Widths, grouping, mapping and clipping.</param>
    /// <param name="cancellation">Stops the work between two groups.</param>
    /// <returns>Codes, scales and zero points.</returns>
    /// <exception cref="ArgumentException">The shape, the grouping or the widths do not fit, or a value is NaN or infinite; the message gives its row and
    /// column.</exception>
    public static QuantizedMatrix Quantize(
        ReadOnlySpan<float> values, int rows, int columns, MatrixQuantizerOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var grouping = new MatrixGrouping(rows, columns, options.GroupCount, options.GroupSize);
        grouping.Validate();
        if (values.Length != rows * columns)
        {
            throw new ArgumentException($"{values.Length} values are not a matrix of {rows} x {columns}.", nameof(values));
        }

        if (options.GroupClipping is not null && (options.GroupSize != 0 || options.GroupClipping.Count != grouping.GroupCount))
        {
            throw new ArgumentException(
                $"{options.GroupClipping.Count} clippings are given for {grouping.GroupCount} groups of rows; they go one to each.", nameof(options));
        }

        CheckFinite(values, columns);
        int[] groupBits = GroupBits(options, grouping);
        byte[] codes = new byte[values.Length];
        float[] scales = new float[grouping.Count];
        byte[]? zeroPoints = options.Mapping == Mapping.Asymmetric ? new byte[grouping.Count] : null;
        float[]? centers = options.Mapping == Mapping.Offset ? new float[grouping.Count] : null;
        var estimator = new RangeEstimator();
        for (int group = 0; group < scales.Length; group++)
        {
            cancellation.ThrowIfCancellationRequested();
            (int start, int length) = grouping.Elements(group);
            ReadOnlySpan<float> run = values.Slice(start, length);
            Span<byte> runCodes = codes.AsSpan(start, length);
            int bits = groupBits[group % groupBits.Length];
            if (bits == 1)
            {
                scales[group] = BinaryQuantizer.Scale(run);
                BinaryQuantizer.Quantize(run, runCodes);
                continue;
            }

            Clipping clipping = options.GroupClipping is null ? options.Clipping : options.GroupClipping[group];
            QuantizationParameters parameters = estimator.Estimate(run, bits, options.Mapping, clipping, options.Percentile);
            scales[group] = parameters.Scale;
            if (zeroPoints is not null)
            {
                zeroPoints[group] = (byte)parameters.ZeroPoint;
            }

            if (centers is null)
            {
                LinearQuantizer.Quantize(run, parameters, CodeRange.For(options.Mapping, bits), runCodes);
            }
            else
            {
                LinearQuantizer.QuantizeOverRange(run, bits, runCodes);
                centers[group] = parameters.Center;
            }
        }

        return new QuantizedMatrix(grouping, groupBits, codes, scales, zeroPoints, centers);
    }

    private static int[] GroupBits(MatrixQuantizerOptions options, MatrixGrouping grouping)
    {
        if (options.GroupBits is null)
        {
            return [options.Bits];
        }

        if (options.GroupSize != 0 || options.GroupBits.Count != grouping.GroupCount)
        {
            throw new ArgumentException(
                $"{options.GroupBits.Count} group widths are given for a group count of {grouping.GroupCount} and a group size of {options.GroupSize}; "
                + "widths go one to each row group.");
        }

        return [.. options.GroupBits];
    }

    private static void CheckFinite(ReadOnlySpan<float> values, int columns)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                throw new ArgumentException($"The value at row {i / columns}, column {i % columns} is {NonFinite.Name(values[i])}.", nameof(values));
            }
        }
    }
}
