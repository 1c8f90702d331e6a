using QuantGen.Checkpoints;
using QuantGen.Vectors;

namespace QuantGen.Cli.Texts;

/// <summary>Vectors of texts as they are written to a file.</summary>
internal sealed class StoredVectors(float[][] vectors, VectorFormat format, Int8Range range)
{
    public int Count => vectors.Length;

    public int Dimensions => vectors[0].Length;

    public VectorFormat Format => format;

    public Int8Range Range => range;

    /// <summary>Gets the bytes that the vectors take.</summary>
    public long Bytes => Index(vectors, format, range).Bytes;

    /// <summary>Makes what searches the vectors.</summary>
    public static VectorIndex Index(float[][] vectors, VectorFormat format, Int8Range range) =>
        format == VectorFormat.Int8 ? new Int8Vectors(vectors, Calibration(vectors, range)) : VectorIndex.Create(vectors, format);

    /// <summary>
    /// Writes <c>vectors</c>: floats, codes (an element is about <c>offsets + steps * code</c>, with a step for each row where each vector has its own range),
    /// or packed signs, the lowest bit first.
    /// </summary>
    public void Save(string path)
    {
        var writer = new SafetensorsWriter();
        switch (format)
        {
            case VectorFormat.Int8:
                AddCodes(writer);
                break;
            case VectorFormat.Binary:
                int bytes = VectorCodes.SignBytes(Dimensions);
                byte[] signs = new byte[checked(Count * bytes)];
                for (int i = 0; i < Count; i++)
                {
                    VectorCodes.PackSigns(vectors[i], signs.AsSpan(i * bytes, bytes));
                }

                writer.AddMetadata("dimensions", FormattableString.Invariant($"{Dimensions}"));
                writer.AddBytes("vectors", [Count, bytes], signs);
                break;
            default:
                writer.AddFloats("vectors", [Count, Dimensions], vectors.SelectMany(vector => vector).ToArray());
                break;
        }

        writer.Save(path);
    }

    private static Int8Calibration? Calibration(float[][] vectors, Int8Range range) => range switch
    {
        Int8Range.Global => Int8Calibration.Global(vectors),
        Int8Range.Dimension => Int8Calibration.PerDimension(vectors),
        _ => null,
    };

    private void AddCodes(SafetensorsWriter writer)
    {
        Int8Calibration? calibration = Calibration(vectors, range);
        sbyte[] codes = new sbyte[checked(Count * Dimensions)];
        float[] steps = calibration?.Steps.ToArray() ?? new float[Count];
        for (int i = 0; i < Count; i++)
        {
            Span<sbyte> row = codes.AsSpan(i * Dimensions, Dimensions);
            if (calibration is null)
            {
                steps[i] = Int8Calibration.QuantizeAlone(vectors[i], row);
            }
            else
            {
                calibration.Quantize(vectors[i], row);
            }
        }

        writer.AddMetadata("range", range.ToString().ToLowerInvariant());
        writer.AddSignedBytes("vectors", [Count, Dimensions], codes);
        writer.AddFloats("steps", [steps.Length], steps);
        if (calibration is not null)
        {
            writer.AddFloats("offsets", [Dimensions], calibration.Offsets.ToArray());
        }
    }
}
