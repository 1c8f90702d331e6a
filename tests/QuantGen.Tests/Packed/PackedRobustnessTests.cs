using QuantGen.Checkpoints;
using QuantGen.Packed;
using QuantGen.Specs;

namespace QuantGen.Tests.Packed;

public class PackedRobustnessTests
{
    public static TheoryData<string> Defects => [.. PackedDefects.All().Select(defect => defect.Defect)];

    [Theory]
    [MemberData(nameof(Defects))]
    public void Rejects_every_defect_and_names_the_file_and_the_place(string defect)
    {
        (_, byte[] bytes, string named) = PackedDefects.All().Single(candidate => candidate.Defect == defect);

        var error = Assert.Throws<ModelFormatException>(() => PackedModel.Read(bytes, "some.safetensors"));

        Assert.StartsWith("some.safetensors: ", error.Message);
        Assert.Contains(named, error.Message);
    }

    [Fact]
    public void Every_truncation_is_a_format_error()
    {
        byte[] bytes = TinyModel.Builder(TinyModel.Classifier()).ToBytes();

        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.True(IsRefused(bytes.AsMemory(0, length)), $"The first {length} of {bytes.Length} bytes were accepted.");
        }
    }

    [Fact]
    public void Every_flipped_bit_is_a_format_error()
    {
        byte[] bytes = TinyModel.Builder(TinyModel.Classifier()).ToBytes();

        for (int bit = 0; bit < 8 * bytes.Length; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(IsRefused(bytes), $"Bit {bit} can change unseen.");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void A_flipped_bit_in_any_tensor_of_the_model_or_of_the_file_is_a_format_error()
    {
        ModelSpec spec = TinyModel.Spec(2, TinyModel.Everything);
        byte[] bytes = TinyModel.Builder(spec).ToBytes();
        using SafetensorsFile file = SafetensorsFile.Read(bytes.ToArray(), "valid");
        StoredTensor[] stored = StoredTensor.All(file, PackedFileLayout.Of(spec));
        Assert.Equal(PackedLayout.Packed(spec).Count + 1, stored.Length);

        foreach (long position in stored.SelectMany(
            tensor => new[] { tensor.Start, tensor.Start + tensor.Spec.Bytes - 1 }.Select(at => tensor.Data.Offset + at)))
        {
            bytes[position] ^= 0x10;
            Assert.True(IsRefused(bytes), $"Byte {position} can change unseen.");
            bytes[position] ^= 0x10;
        }
    }

    [Fact]
    public void Bytes_that_were_sealed_after_a_change_still_give_a_model_or_a_format_error()
    {
        // Anyone can compute a seal, so what lies behind it has to stand on its own.
        byte[] bytes = TinyModel.Builder(TinyModel.Classifier()).ToBytes();
        using SafetensorsFile file = SafetensorsFile.Read(bytes.ToArray(), "valid");
        var random = new Random(7);
        int refused = 0;
        for (int i = 0; i < 4000; i++)
        {
            byte[] forged = [.. bytes];
            forged[random.Next(8, file.HeaderLength)] = (byte)random.Next(32, 127);
            Reseal(forged.AsSpan(0, file.HeaderLength));
            refused += IsRefused(forged) ? 1 : 0;
        }

        Assert.InRange(refused, 1, 4000);
    }

    [Fact]
    public void Memory_stays_below_four_times_the_file_whatever_the_bytes()
    {
        byte[] valid = TinyModel.Builder(TinyModel.Classifier()).ToBytes();
        byte[] deep = TinyModel.Builder(TinyModel.Spec(8, layers: 12)).ToBytes();
        byte[] deepest = TinyModel.Builder(TinyModel.Spec(1, layers: 128)).ToBytes();
        PackedModel.Read(valid, "warm-up").Dispose();

        Assert.All(PackedDefects.All().Append(("valid", valid, "")).Append(("deep", deep, "")).Append(("deepest", deepest, "")), candidate =>
        {
            long before = AllocatedBytes.OfThisThread;
            IsRefused(candidate.Item2);
            long allocated = AllocatedBytes.OfThisThread - before;
            Assert.True(allocated < (4L * candidate.Item2.Length) + (5 << 18), $"{candidate.Item1}: {allocated} bytes for a file of {candidate.Item2.Length}");
        });
    }

    [Theory]
    [InlineData(24)]
    [InlineData(128)]
    public void The_deepest_and_narrowest_models_are_in_proportion(int layers)
    {
        ModelSpec spec = TinyModel.Spec(1, layers: layers);

        using PackedModel model = TinyModel.Builder(spec).Build();

        Assert.Equal(spec, model.Spec);
    }

    private static bool IsRefused(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            PackedModel.Read(bytes, "f").Dispose();
            return false;
        }
        catch (ModelFormatException)
        {
            return true;
        }
    }

    private static void Reseal(Span<byte> header)
    {
        int start = header.IndexOf("\"header_sha256\":\""u8);
        if (start >= 0)
        {
            header.Slice(start + 17, 64).Fill((byte)'0');
            HeaderSeal.Apply(header);
        }
    }
}
