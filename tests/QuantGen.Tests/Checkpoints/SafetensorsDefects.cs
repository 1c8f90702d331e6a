using System.Text;

namespace QuantGen.Tests.Checkpoints;

/// <summary>Safetensors files with one thing wrong each, and a word that the message must have.</summary>
internal static class SafetensorsDefects
{
    public static IEnumerable<(string Defect, byte[] Bytes, string Named)> All()
    {
        yield return ("empty file", [], "header length");
        yield return ("seven bytes", new byte[7], "header length");
        yield return ("header longer than the file", [200, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}'], "200");
        yield return ("header length with the top bit", [2, 0, 0, 0, 0, 0, 0, 128, (byte)'{', (byte)'}'], "header length");
        yield return ("empty header", RawSafetensors.File("", 0), "header");
        yield return ("blank before the header", RawSafetensors.File(" {}", 0), "header");
        yield return ("array as header", RawSafetensors.File("[]", 0), "header");
        yield return ("text after the header", RawSafetensors.File("{}x", 0), "header");
        yield return ("unfinished JSON", RawSafetensors.File("{\"a\":", 0), "header");
        yield return ("comment in JSON", RawSafetensors.File("{/* */}", 0), "header");
        yield return ("trailing comma", RawSafetensors.File("{" + A("[4]", "[0,4]") + ",}", 4), "header");
        yield return ("deep nesting", RawSafetensors.File("{\"a\":" + new string('[', 5000) + new string(']', 5000) + "}", 0), "header");
        yield return (
            "deep nesting of objects", RawSafetensors.File(string.Concat(Enumerable.Repeat("{\"a\":", 5000)) + "1" + new string('}', 5000), 0), "header");
        yield return ("invalid UTF-8 in a name", RawSafetensors.File([.. "{\""u8, 0xC3, 0x28, .. "\":{}}"u8], []), "header");
        yield return ("lone surrogate in a name", RawSafetensors.File("{\"\\uD800\":{}}", 0), "header");
        yield return ("very long name", RawSafetensors.File("{" + RawSafetensors.Tensor(new string('n', 2000), "U8", "[0]", "[0,0]") + "}", 0), "2000");
        yield return ("tensor twice", RawSafetensors.File("{" + A("[2]", "[0,2]") + "," + A("[2]", "[2,4]") + "}", 4), "'a'");
        yield return (
            "tensor twice, once escaped", RawSafetensors.File("{" + A("[2]", "[0,2]") + "," + A("[2]", "[2,4]").Replace("\"a\"", "\"\\u0061\"") + "}", 4),
            "'a'");
        yield return ("tensor that is a number", RawSafetensors.File("{\"a\":1}", 0), "'a'");
        yield return ("no dtype", RawSafetensors.File("{\"a\":{\"shape\":[4],\"data_offsets\":[0,4]}}", 4), "'a'");
        yield return ("no shape", RawSafetensors.File("{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,4]}}", 4), "'a'");
        yield return ("no offsets", RawSafetensors.File("{\"a\":{\"dtype\":\"U8\",\"shape\":[4]}}", 4), "'a'");
        yield return ("unknown member", RawSafetensors.File("{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4],\"x\":1}}", 4), "'a'");
        yield return ("dtype twice", RawSafetensors.File("{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}", 4), "'a'");
        yield return ("shape twice", RawSafetensors.File("{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"shape\":[4],\"data_offsets\":[0,4]}}", 4), "'a'");
        yield return ("offsets twice", RawSafetensors.File("{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4],\"data_offsets\":[0,4]}}", 4), "'a'");
        yield return ("unknown dtype", RawSafetensors.File("{" + RawSafetensors.Tensor("a", "F31", "[1]", "[0,4]") + "}", 4), "F31");
        yield return ("dtype that is a number", RawSafetensors.File("{\"a\":{\"dtype\":8,\"shape\":[4],\"data_offsets\":[0,4]}}", 4), "'a'");
        yield return ("negative dimension", RawSafetensors.File("{" + A("[-4]", "[0,4]") + "}", 4), "'a'");
        yield return ("two negative dimensions", RawSafetensors.File("{" + A("[-2,-2]", "[0,4]") + "}", 4), "'a'");
        yield return ("fractional dimension", RawSafetensors.File("{" + A("[4.5]", "[0,4]") + "}", 4), "'a'");
        yield return ("text as dimension", RawSafetensors.File("{" + A("[\"4\"]", "[0,4]") + "}", 4), "'a'");
        yield return ("nested shape", RawSafetensors.File("{" + A("[[4]]", "[0,4]") + "}", 4), "'a'");
        yield return ("dimension beyond 64 bits", RawSafetensors.File("{" + A("[99999999999999999999]", "[0,4]") + "}", 4), "'a'");
        yield return ("product beyond 64 bits", RawSafetensors.File("{" + A("[4294967296,4294967296]", "[0,0]") + "}", 0), "'a'");
        yield return ("product that wraps to the right length", RawSafetensors.File("{" + A("[4611686018427387905,4]", "[0,4]") + "}", 4), "'a'");
        yield return ("nine dimensions", RawSafetensors.File("{" + A("[1,1,1,1,1,1,1,1,4]", "[0,4]") + "}", 4), "'a'");
        yield return ("one offset", RawSafetensors.File("{" + A("[4]", "[4]") + "}", 4), "'a'");
        yield return ("three offsets", RawSafetensors.File("{" + A("[4]", "[0,4,4]") + "}", 4), "'a'");
        yield return ("offsets reversed", RawSafetensors.File("{" + A("[4]", "[4,0]") + "}", 4), "'a'");
        yield return ("negative offset", RawSafetensors.File("{" + A("[4]", "[-4,0]") + "}", 4), "'a'");
        yield return ("offsets beyond the file", RawSafetensors.File("{" + A("[8]", "[0,8]") + "}", 4), "'a'");
        yield return ("offsets near the end of 64 bits", RawSafetensors.File("{" + A("[4]", "[9223372036854775800,9223372036854775804]") + "}", 4), "'a'");
        yield return ("length other than the shape's", RawSafetensors.File("{" + A("[3]", "[0,4]") + "}", 4), "'a'");
        yield return ("length other than the type's", RawSafetensors.File("{" + RawSafetensors.Tensor("a", "F32", "[4]", "[0,4]") + "}", 4), "'a'");
        yield return ("overlap", RawSafetensors.File("{" + A("[4]", "[0,4]") + "," + RawSafetensors.Tensor("b", "U8", "[4]", "[2,6]") + "}", 6), "'b'");
        yield return (
            "same bytes twice", RawSafetensors.File("{" + A("[4]", "[0,4]") + "," + RawSafetensors.Tensor("b", "U8", "[4]", "[0,4]") + "}", 4), "overlap");
        yield return (
            "gap between tensors", RawSafetensors.File("{" + A("[4]", "[0,4]") + "," + RawSafetensors.Tensor("b", "U8", "[2]", "[6,8]") + "}", 8), "gap");
        yield return ("gap at the start", RawSafetensors.File("{" + A("[4]", "[4,8]") + "}", 8), "gap");
        yield return ("bytes after the last tensor", RawSafetensors.File("{" + A("[4]", "[0,4]") + "}", 5), "end of file");
        yield return (
            "empty tensor inside another", RawSafetensors.File("{" + A("[4]", "[0,4]") + "," + RawSafetensors.Tensor("b", "U8", "[0]", "[2,2]") + "}", 4),
            "'b'");
        yield return ("metadata that is text", RawSafetensors.File("{\"__metadata__\":\"x\"}", 0), "__metadata__");
        yield return ("metadata value that is a number", RawSafetensors.File("{\"__metadata__\":{\"k\":1}}", 0), "'k'");
        yield return ("metadata twice", RawSafetensors.File("{\"__metadata__\":{},\"__metadata__\":{}}", 0), "__metadata__");
        yield return ("metadata key twice", RawSafetensors.File("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", 0), "'k'");
        yield return ("too much metadata", RawSafetensors.File(ManyEntries(5000), 0), "4096");
    }

    private static string A(string shape, string offsets) => RawSafetensors.Tensor("a", "U8", shape, offsets);

    private static string ManyEntries(int count)
    {
        var text = new StringBuilder("{\"__metadata__\":{");
        text.AppendJoin(',', Enumerable.Range(0, count).Select(i => $"\"{i}\":\"\""));
        return text.Append("}}").ToString();
    }
}
