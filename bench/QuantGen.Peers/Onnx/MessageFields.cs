using Google.Protobuf;

namespace QuantGen.Peers.Onnx;

/// <summary>Fields of messages in the wire format of Protocol Buffers, by their numbers.</summary>
internal static class MessageFields
{
    /// <summary>Makes a message.</summary>
    /// <param name="write">Writes its fields.</param>
    public static byte[] Message(Action<CodedOutputStream> write)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            write(output);
        }

        return stream.ToArray();
    }

    public static void Number(this CodedOutputStream output, int field, long value)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt64(value);
    }

    public static void Real(this CodedOutputStream output, int field, float value)
    {
        output.WriteTag(field, WireFormat.WireType.Fixed32);
        output.WriteFloat(value);
    }

    public static void Text(this CodedOutputStream output, int field, string value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
    }

    /// <summary>Writes a field that is a message itself.</summary>
    public static void Nested(this CodedOutputStream output, int field, Action<CodedOutputStream> write) => output.Nested(field, Message(write));

    /// <summary>Writes a field that is a message itself.</summary>
    public static void Nested(this CodedOutputStream output, int field, byte[] message)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(UnsafeByteOperations.UnsafeWrap(message));
    }

    /// <summary>Writes what stands before the bytes of a field, which come from elsewhere.</summary>
    public static void Begin(this CodedOutputStream output, int field, int length)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteLength(length);
    }
}
