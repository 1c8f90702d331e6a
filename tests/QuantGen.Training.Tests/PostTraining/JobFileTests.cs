using QuantGen.Quantization;
using QuantGen.Training.PostTraining;

namespace QuantGen.Training.Tests.PostTraining;

/// <summary>Results of jobs come back as they were, or not at all.</summary>
public sealed class JobFileTests : IDisposable
{
    private const string State = "0123";

    private readonly string _path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N") + ".job");

    [Fact]
    public void Result_comes_back_bit_by_bit()
    {
        JobResult written = Write();
        JobResult read = JobFile.Load(_path, 2, State);
        Assert.Equal(written.Numbers, read.Numbers);
        Assert.Equal(written.Weights["w"], read.Weights["w"]);
        Assert.Equal(written.Ranges, read.Ranges);
        Assert.Equal(written.Codes["m"].Codes, read.Codes["m"].Codes);
        Assert.Equal(written.Codes["m"].Scales, read.Codes["m"].Scales);
    }

    [Fact]
    public void Any_changed_or_missing_byte_is_seen()
    {
        Write();
        byte[] whole = File.ReadAllBytes(_path);
        for (int i = 0; i < whole.Length; i++)
        {
            byte[] changed = [.. whole];
            changed[i] ^= 0x10;
            File.WriteAllBytes(_path, changed);
            Assert.Throws<ModelFormatException>(() => JobFile.Load(_path, 2, State));
            File.WriteAllBytes(_path, whole[..i]);
            Assert.Throws<ModelFormatException>(() => JobFile.Load(_path, 2, State));
        }
    }

    [Theory]
    [InlineData(1, State, "job")]
    [InlineData(2, "4567", "state")]
    public void Result_of_other_work_is_refused(int job, string state, string place)
    {
        Write();
        Assert.Equal(place, Assert.Throws<ModelFormatException>(() => JobFile.Load(_path, job, state)).Place);
    }

    public void Dispose() => File.Delete(_path);

    private JobResult Write()
    {
        float[] weights = [0.1f, -0.3f, 1e-30f, 7f];
        var result = new JobResult
        {
            Numbers = [Math.PI, 1e-300, double.PositiveInfinity, -0.0],
            Weights = new Dictionary<string, float[]> { ["w"] = weights },
            Ranges = new Dictionary<string, QuantizationParameters> { ["site"] = new(0.1f, 3) },
            Codes = new Dictionary<string, QuantizedMatrix> { ["m"] = MatrixQuantizer.Quantize(weights, 2, 2, new MatrixQuantizerOptions { Bits = 3 }) },
        };
        JobFile.Save(_path, result, 2, State);
        return result;
    }
}
