using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using QuantGen.Checkpoints;
using QuantGen.Files;
using QuantGen.Quantization;

namespace QuantGen.Training.PostTraining;

/// <summary>The file of one job's result: a safetensors file, and after it the 32 bytes of its SHA-256, so that any change of it is seen.</summary>
internal static class JobFile
{
    private const string FormatKey = "quantgen.job";
    private const string FormatVersion = "1";
    private const string JobKey = "job";
    private const string StateKey = "state";
    private const string RangesKey = "ranges";
    private const string NumbersKey = "numbers";
    private const string Weight = "weight:";

    private static readonly JsonSerializerOptions s_numbers = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Writes a result; a reader sees the whole file or none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="result">What the job found.</param>
    /// <param name="job">Which job, from 0.</param>
    /// <param name="state">The SHA-256 of the state that it began with.</param>
    public static void Save(string path, JobResult result, int job, string state)
    {
        var writer = new SafetensorsWriter();
        writer.AddMetadata(FormatKey, FormatVersion);
        writer.AddMetadata(JobKey, job.ToString(CultureInfo.InvariantCulture));
        writer.AddMetadata(StateKey, state);
        writer.AddMetadata(RangesKey, JsonSerializer.Serialize(result.Ranges));
        writer.AddMetadata(NumbersKey, JsonSerializer.Serialize(result.Numbers, s_numbers));
        KeptCodes.AddTo(writer, result.Codes);
        KeptCodes.AddFloats(writer, Weight, result.Weights);
        byte[] bytes = writer.ToBytes(writer.BuildHeader());
        AtomicFile.Write(path, stream =>
        {
            stream.Write(bytes);
            stream.Write(SHA256.HashData(bytes));
        });
    }

    /// <summary>Reads a result.</summary>
    /// <param name="path">The file.</param>
    /// <param name="job">Which job it must be of, from 0.</param>
    /// <param name="state">The SHA-256 of the state that it must have begun with.</param>
    /// <exception cref="ModelFormatException">The file is damaged, or the result of something else.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    public static JobResult Load(string path, int job, string state)
    {
        byte[] bytes = File.ReadAllBytes(path);
        int length = bytes.Length - SHA256.HashSizeInBytes;
        if (length < 0 || !SHA256.HashData(bytes.AsSpan(0, length)).AsSpan().SequenceEqual(bytes.AsSpan(length)))
        {
            throw new ModelFormatException(path, string.Empty, "a result that ends with its SHA-256", "another: the file is damaged");
        }

        using SafetensorsFile file = SafetensorsFile.Read(bytes.AsMemory(0, length), path);
        StateFile.RequireFormat(file, FormatKey, FormatVersion);
        StateFile.RequireFormat(file, StateKey, state);
        StateFile.RequireFormat(file, JobKey, job.ToString(CultureInfo.InvariantCulture));
        return new JobResult
        {
            Codes = KeptCodes.Read(file),
            Weights = KeptCodes.ReadFloats(file, Weight),
            Ranges = StateFile.Read<Dictionary<string, QuantizationParameters>>(file, RangesKey),
            Numbers = StateFile.Read<double[]>(file, NumbersKey, s_numbers),
        };
    }
}
