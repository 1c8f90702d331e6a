using System.Text;
using QuantGen.Checkpoints;

namespace QuantGen.Tests.Checkpoints;

public class SafetensorsFileTests
{
    public static TheoryData<string> Defects => [.. SafetensorsDefects.All().Select(defect => defect.Defect)];

    [Theory]
    [MemberData(nameof(Defects))]
    public void Rejects_every_defect_and_names_the_file_and_the_place(string defect)
    {
        (_, byte[] bytes, string named) = SafetensorsDefects.All().Single(candidate => candidate.Defect == defect);

        var error = Assert.Throws<ModelFormatException>(() => SafetensorsFile.Read(bytes, "some.safetensors"));

        Assert.StartsWith("some.safetensors: ", error.Message);
        Assert.Contains(named, error.Message);
    }

    [Fact]
    public void Reads_tensors_in_the_order_of_their_bytes()
    {
        string header = "{" + RawSafetensors.Tensor("b", "F32", "[1,2]", "[4,12]") + "," + RawSafetensors.Tensor("a", "U8", "[4]", "[0,4]") + "}  ";
        using SafetensorsFile file = SafetensorsFile.Read(RawSafetensors.File(header, 12), "f");

        Assert.Equal(["a", "b"], file.Tensors.Select(tensor => tensor.Name));
        Assert.Equal([1L, 2L], file.Tensors[1].Shape);
        Assert.Equal(SafetensorsDType.F32, file.Tensors[1].DType);
        Assert.Equal(8 + header.Length + 4, file.Tensors[1].Offset);
        Assert.Equal(8, file.Tensors[1].Length);
        Assert.Equal("b F32 [1, 2]", file.Tensors[1].ToString());
        Assert.False(file.TryGet("c", out _));
    }

    [Fact]
    public void Accepts_empty_tensors_scalars_and_files_without_tensors()
    {
        string header = "{" + RawSafetensors.Tensor("empty", "F32", "[4294967296,0,4294967296]", "[0,0]") + "," +
            RawSafetensors.Tensor("scalar", "F64", "[]", "[0,8]") + "}";
        using SafetensorsFile file = SafetensorsFile.Read(RawSafetensors.File(header, 8), "f");
        using SafetensorsFile none = SafetensorsFile.Read(RawSafetensors.File("{}", 0), "f");

        Assert.Equal(0, file.Tensors[0].ElementCount);
        Assert.Equal(1, file.Tensors[1].ElementCount);
        Assert.Empty(none.Tensors);
        Assert.Empty(none.Metadata);
    }

    [Fact]
    public void Converts_half_and_bfloat16_exactly()
    {
        string header = "{" + RawSafetensors.Tensor("h", "F16", "[4]", "[0,8]") + "," + RawSafetensors.Tensor("b", "BF16", "[3]", "[8,14]") + "}";
        byte[] data = [0x00, 0x3C, 0x00, 0xC0, 0x01, 0x00, 0x00, 0x7E, 0x80, 0x3F, 0x49, 0xC0, 0x80, 0x7F];
        using SafetensorsFile file = SafetensorsFile.Read(RawSafetensors.File(Encoding.UTF8.GetBytes(header), data), "f");

        Assert.Equal([1f, -2f, 5.9604645e-8f, float.NaN], Floats(file, "h"));
        Assert.Equal([1f, -3.140625f, float.PositiveInfinity], Floats(file, "b"));
    }

    [Fact]
    public void Refuses_to_read_integers_as_floats()
    {
        using SafetensorsFile file = SafetensorsFile.Read(RawSafetensors.File("{" + RawSafetensors.Tensor("ids", "I64", "[1]", "[0,8]") + "}", 8), "f");

        var error = Assert.Throws<ModelFormatException>(() => Floats(file, "ids"));

        Assert.Contains("'ids'", error.Message);
        Assert.Contains("I64", error.Message);
    }

    [Fact]
    public void A_mapped_file_reads_like_the_same_bytes_in_memory()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("x.safetensors", RawSafetensors.File(Encoding.UTF8.GetBytes(RawSafetensors.Header(("a", 3), ("b", 2))), [1, 2, 3, 4, 5]));

        using SafetensorsFile file = SafetensorsFile.Open(path);

        Assert.Equal([4, 5], file.Bytes(file.Tensors[1]).ToArray());
        Assert.Equal(path, file.Name);
        Assert.Throws<FileNotFoundException>(() => SafetensorsFile.Open(path + ".missing"));
        Assert.Throws<ModelFormatException>(() => SafetensorsFile.Open(folder.Write("empty.safetensors", [])));
    }

    [Fact]
    public void Refuses_reads_after_disposal()
    {
        SafetensorsFile file = SafetensorsFile.Read(RawSafetensors.File(RawSafetensors.Header(("a", 3)), 3), "f");
        file.Dispose();

        Assert.Throws<ObjectDisposedException>(() => file.Bytes(file.Tensors[0]).Length);
    }

    [Fact]
    public void Many_tiny_tensors_cost_less_than_four_times_the_file()
    {
        byte[] bytes = RawSafetensors.File(RawSafetensors.Header([.. Enumerable.Range(0, 60_000).Select(i => (i.ToString("x"), 0))]), 0);
        SafetensorsFile.Read(RawSafetensors.File("{}", 0), "warm-up").Dispose();

        long before = AllocatedBytes.OfThisThread;
        SafetensorsFile.Read(bytes, "f").Dispose();
        long allocated = AllocatedBytes.OfThisThread - before;

        Assert.InRange(allocated, 0, 4L * bytes.Length + (1 << 20));
    }

    [Fact]
    public void Any_change_to_a_header_gives_a_file_or_a_format_error()
    {
        string header = "{\"__metadata__\":{\"format\":\"pt\"}," + RawSafetensors.Header(("first", 5), ("second", 7), ("third", 0))[1..];
        byte[] bytes = RawSafetensors.File(header, 12);
        var random = new Random(11);
        int refused = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] changed = [.. bytes];
            for (int n = random.Next(1, 4); n > 0; n--)
            {
                changed[random.Next(8 + header.Length)] = (byte)random.Next(256);
            }

            try
            {
                using SafetensorsFile file = SafetensorsFile.Read(changed, "f");
                Assert.Equal(12, file.Tensors.Sum(tensor => (long)file.Bytes(tensor).Length));
            }
            catch (ModelFormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 10_000, 20_000);
    }

    private static float[] Floats(SafetensorsFile file, string name)
    {
        Assert.True(file.TryGet(name, out SafetensorsTensor? tensor));
        float[] values = new float[tensor.ElementCount];
        file.ReadFloats(tensor, values);
        return values;
    }
}
