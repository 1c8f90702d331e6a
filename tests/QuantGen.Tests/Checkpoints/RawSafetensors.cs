using System.Buffers.Binary;
using System.Text;

namespace QuantGen.Tests.Checkpoints;

/// <summary>Makes safetensors bytes from any header text, valid or not.</summary>
internal static class RawSafetensors
{
    public static byte[] File(string header, int dataLength) => File(Encoding.UTF8.GetBytes(header), new byte[dataLength]);

    public static byte[] File(byte[] header, byte[] data)
    {
        byte[] file = new byte[8 + header.Length + data.Length];
        BinaryPrimitives.WriteInt64LittleEndian(file, header.Length);
        header.CopyTo(file, 8);
        data.CopyTo(file, 8 + header.Length);
        return file;
    }

    /// <summary>Writes one header member.</summary>
    public static string Tensor(string name, string dtype, string shape, string offsets)
        => $$"""
            "{{name}}":{"dtype":"{{dtype}}","shape":{{shape}},"data_offsets":{{offsets}}}
            """;

    /// <summary>Writes U8 tensors one after the other.</summary>
    public static string Header(params (string Name, int Length)[] tensors)
    {
        int position = 0;
        var members = new List<string>();
        foreach ((string name, int length) in tensors)
        {
            members.Add(Tensor(name, "U8", $"[{length}]", $"[{position},{position += length}]"));
        }

        return "{" + string.Join(",", members) + "}";
    }
}
