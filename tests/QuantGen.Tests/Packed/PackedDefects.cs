using System.Text;
using QuantGen.Checkpoints;
using QuantGen.Graph;
using QuantGen.Packed;
using QuantGen.Specs;

namespace QuantGen.Tests.Packed;

/// <summary>Packed files with one thing wrong each, checksums and seal right unless they are the defect, and what the message must name.</summary>
internal static class PackedDefects
{
    private const string Codes = TinyModel.Query + ".codes";
    private const string Scales = TinyModel.Query + ".scales";
    private const string Star = "\"*\"";
    private const string Quantizer =
        "{\"storage\":\"uniform\",\"bits\":2,\"group_count\":1,\"group_size\":0,\"mapping\":\"symmetric\",\"group_bits\":[],\"matrices\":[]}";
    private const string FileCodes = "encoder.codes";
    private const string FileScales = "encoder.scales";

    public static IEnumerable<(string Defect, byte[] Bytes, string Named)> All()
        => [.. Tensors(), .. Values(), .. Codebooks(), .. Metadata(), .. Specs(), .. Seals()];

    private static IEnumerable<(string, byte[], string)> Tensors()
    {
        yield return ("missing codes", Rewritten(keep: name => name != FileCodes), $"1 missing: {FileCodes}");
        yield return ("missing vocabulary", Rewritten(keep: name => name != "vocabulary"), "1 missing: vocabulary");
        yield return ("unexpected tensor", Rewritten(more: w => w.AddBytes("extra", [1], new byte[1])), "1 unexpected: extra");
        yield return ("tensor that the file has joined", Rewritten(more: w => w.AddBytes(Codes, [8, 2], new byte[16])), $"1 unexpected: {Codes}");
        yield return (
            "more tensors than any model",
            Rewritten(more: w => Enumerable.Range(0, 40 * EnsembleJson.MaxMembers).ToList().ForEach(i => w.AddBytes($"extra{i}", [1], new byte[1]))),
            "members");
        yield return (
            "other shape of the same length", Rewritten(name => name != FileCodes, w => w.AddBytes(FileCodes, [72, 2], new byte[144])),
            $"{FileCodes} U8 [72, 2] instead of U8 [144]");
        yield return ("other length", Rewritten(name => name != FileCodes, w => w.AddBytes(FileCodes, [145], new byte[145])), FileCodes);
        yield return ("codes as floats", Rewritten(name => name != FileCodes, w => w.AddFloats(FileCodes, [144], new float[144])), "F32 [144] instead of U8");
        yield return ("scales as bytes", Rewritten(name => name != FileScales, w => w.AddBytes(FileScales, [7], new byte[7])), FileScales);
        yield return ("floats at an odd byte", Misaligned(), "a multiple of 4 bytes");
        yield return (
            "vocabulary of two dimensions", Rewritten(name => name != "vocabulary", w => w.AddBytes("vocabulary", [12, 2], TinyModel.Vocabulary(12))),
            "vocabulary");
    }

    private static IEnumerable<(string, byte[], string)> Values()
    {
        yield return ("NaN scale", Changed(Scales, _ => new[] { float.NaN }), Scales);
        yield return ("infinite scale", Changed(Scales, _ => new[] { float.PositiveInfinity }), Scales);
        yield return ("zero scale", Changed(Scales, _ => new[] { 0f }), Scales);
        yield return ("negative scale", Changed(Scales, _ => new[] { -1f }), Scales);
        yield return ("denormal scale", Changed(Scales, _ => new[] { 1e-40f }), Scales);
        yield return ("NaN embedding scale", Changed("embeddings.word_embeddings.scales", With<float>(11, float.NaN)), "element 11");
        yield return ("NaN bias", Changed(TinyModel.Query + ".bias", With<float>(7, float.NaN)), TinyModel.Query + ".bias");
        yield return ("infinite LayerNorm gain", Changed("embeddings.LayerNorm.weight", With<float>(0, float.NegativeInfinity)), "embeddings.LayerNorm.weight");
        yield return ("NaN position embedding", Changed("embeddings.position_embeddings.weight", With<float>(31, float.NaN)), "element 31");
        yield return ("NaN in the head", Changed("classifier.weight", With<float>(3, float.NaN)), "classifier.weight");
        yield return ("zero code of 2 bits", Changed(Codes, With<byte>(15, 0x3F)), "row 7, column 7");
        yield return ("zero code in the embedding", Changed("embeddings.word_embeddings.codes", With<byte>(9, 0)), "row 1, column 1");
        ModelSpec positions = TinyModel.Spec(2, new SpecOptions { PositionBits = 8 });
        yield return ("zero code of a position", Changed("embeddings.position_embeddings.codes", With<byte>(9, 0), positions), "row 1, column 1");
        yield return ("zero scale of a token type", Changed("embeddings.token_type_embeddings.scales", With<float>(1, 0), positions), "element 1");
        yield return ("zero code of 3 bits", Changed(Codes, With<byte>(0, 0xF8), TinyModel.Classifier(3)), "row 0, column 0");
        yield return ("zero code of 4 bits", Changed(Codes, With<byte>(31, 0x0F), TinyModel.Classifier(4)), "row 7, column 7");
        yield return ("zero code of 8 bits", Changed(Codes, With<byte>(63, 0), TinyModel.Classifier(8)), "row 7, column 7");
        yield return ("padding bits", Changed(Codes, With<byte>(1, 0xFF), TinyModel.Spec(2, width: 5)), "stored row 0");
        yield return ("padding bits of 1 bit", Changed(Codes, With<byte>(4, 0xFF), TinyModel.Spec(1, width: 5)), "stored row 4");
        yield return ("zero code in a row with padding", Changed(Codes, With<byte>(3, 0), TinyModel.Spec(2, width: 5)), "row 1, column 4");
        yield return ("zero code in a mixed matrix", Changed(Codes, With<byte>(8, 0), Mixed(Mapping.Symmetric)), "row 4, column 0");
        yield return (
            "zero point beyond the bits",
            Changed(TinyModel.Query + ".zero_points", With<byte>(0, 4), TinyModel.Spec(2, new SpecOptions { Mapping = Mapping.Asymmetric })), "zero_points");
        yield return (
            "zero point beyond the bits of its group", Changed(TinyModel.Query + ".zero_points", With<byte>(1, 4), Mixed(Mapping.Asymmetric)), "element 1");
        yield return (
            "negative activation scale",
            Changed(
                "pooler.dense.input_scale", With<float>(0, -1),
                TinyModel.Spec(2, new SpecOptions { Head = BertHead.Regression, ActivationRange = ActivationRange.Static })),
            "pooler.dense.input_scale");
        yield return ("vocabulary one line long", Vocabulary([.. TinyModel.Vocabulary(12), (byte)'z']), "12 lines, the rows of the word embedding, found 13");
        yield return ("empty vocabulary", Vocabulary([]), "found 0");
        yield return ("vocabulary that is not UTF-8", Vocabulary([.. TinyModel.Vocabulary(11), 0xC3, 0x28]), "UTF-8");
    }

    private static IEnumerable<(string, byte[], string)> Codebooks()
    {
        const string Codebook = TinyModel.Query + ".codebook";
        ModelSpec five = TinyModel.Codebooks(5);
        yield return ("NaN centroid", Changed(Codebook, With<float>(31, float.NaN), five), "NaN at element 31");
        yield return ("infinite centroid", Changed(Codebook, With<float>(0, float.NegativeInfinity), five), Codebook);
        yield return (
            "NaN centroid of the embedding", Changed("embeddings.word_embeddings.codebook", With<float>(3, float.NaN), five),
            "embeddings.word_embeddings.codebook");
        yield return ("padding bits of labels", Changed(Codes, With<byte>(3, 0xFF), TinyModel.Codebooks(5, width: 5)), "stored row 0");
        byte[] valid = TinyModel.Builder(five).ToBytes();
        yield return ("codebooks one number short", Resized(valid, "encoder.codebooks", -1), "encoder.codebooks F32 [191] instead of F32 [192]");
        yield return ("codebooks one number long", Resized(valid, "encoder.codebooks", 1), "encoder.codebooks F32 [193] instead of F32 [192]");
        yield return (
            "embedding's codebook of fewer bits", Resized(valid, "embeddings.word_embeddings.codebook", -16),
            "embeddings.word_embeddings.codebook F32 [16] instead of F32 [32]");
    }

    private static IEnumerable<(string, byte[], string)> Metadata()
    {
        yield return ("other format", Rewritten(metadata: m => m["format"] = "pt"), "'format'");
        yield return ("later version", Rewritten(metadata: m => m["format_version"] = "4"), "'format_version': expected '3'");
        yield return ("earlier version", Rewritten(metadata: m => m["format_version"] = "1"), "found '1'; make the file again with this version of quantgen");
        yield return ("recipe that is no JSON", Rewritten(metadata: m => m["recipe"] = "{"), "'recipe'");
        yield return ("recipe with an unknown key", Rewritten(metadata: m => m["recipe"] = "{\"scheme\":\"lsq\",\"more\":1}"), "'recipe'");
        yield return ("recipe of very many objects", Rewritten(metadata: m => m["recipe"] = "[" + string.Join(',', Enumerable.Repeat("{}", 9000)) + "]"),
            "in proportion");
        yield return ("no source hash", Rewritten(metadata: m => m.Remove("source_sha256")), "'source_sha256'");
        yield return ("short source hash", Rewritten(metadata: m => m["source_sha256"] = "abc"), "'source_sha256'");
        yield return ("source hash in capitals", Rewritten(metadata: m => m["source_sha256"] = new string('A', 64)), "'source_sha256'");
        yield return ("unknown key", Rewritten(metadata: m => m["more"] = ""), "'more'");
        yield return ("labels that are no JSON", Rewritten(metadata: m => m["labels"] = "["), "'labels'");
        yield return ("labels that are an object", Rewritten(metadata: m => m["labels"] = "{}"), "'labels'");
        yield return ("nested labels", Rewritten(metadata: m => m["labels"] = "[[\"a\"],\"b\"]"), "'labels'");
        yield return ("one label too few", Rewritten(metadata: m => m["labels"] = "[\"a\"]"), "'labels'");
        yield return ("one label too many", Rewritten(metadata: m => m["labels"] = "[\"a\",\"b\",\"c\"]"), "'labels'");
        yield return ("label with half a surrogate pair", Rewritten(metadata: m => m["labels"] = "[\"a\",\"\\uD800\"]"), "'labels'");
        yield return ("text after the labels", Rewritten(metadata: m => m["labels"] = "[\"a\",\"b\"]]"), "'labels'");
    }

    private static IEnumerable<(string, byte[], string)> Specs()
    {
        yield return ("spec of another hash", Rewritten(metadata: m => m["spec"] = m["spec"].Replace("\"layers\":1", "\"layers\":2")), "'spec_sha256'");
        yield return ("spec hash in capitals", Rewritten(metadata: m => m["spec_sha256"] = m["spec_sha256"].ToUpperInvariant()), "'spec_sha256'");
        yield return ("spec that is no JSON", Spec(_ => "{"), "'spec'");
        yield return ("spec that is an array", Spec(_ => "[]"), "'spec'");
        yield return ("spec with blanks", Spec(text => text.Replace(",", ", ")), "'spec'");
        yield return ("spec with an unknown key", Spec(text => text.Replace("{\"architecture\"", "{\"more\":1,\"architecture\"")), "'spec'");
        yield return ("spec without a key", Spec(text => text.Replace("\"layers\":1,", "")), "'spec'");
        yield return ("spec with a key twice", Spec(text => text.Replace("\"layers\":1,", "\"layers\":1,\"layers\":1,")), "'spec'");
        yield return ("spec with 9 bits", Spec(text => text.Replace("\"bits\":2", "\"bits\":9")), "'spec'");
        yield return ("spec with an unknown architecture", Spec(text => text.Replace("\"bert\"", "\"gpt\"")), "'spec'");
        yield return ("spec with a huge number", Spec(text => text.Replace("\"layers\":1", "\"layers\":1e300")), "'spec'");
        yield return ("spec with too many layers", Spec(text => text.Replace("\"layers\":1", "\"layers\":1000000")), "'spec'");
        yield return ("spec with rows", Spec(text => text.Replace("\"group_count\":1", "\"rows\":16,\"group_count\":1")), "'spec'");
        yield return ("spec with a wild card", Spec(text => text.Replace(Star, "\"*.*.*.*.*.*.*.*.query\"")), "'spec'");
        yield return ("spec with an escape", Spec(text => text.Replace(Star, "\"\\u002a\"")), "'spec'");
        yield return ("spec with two ranges", Spec(text => text.Replace(Star, "\"encoder.layer.0-1.0-1\"")), "'spec'");
        yield return (
            "spec with very many ranges",
            Spec(
                text =>
                    text.Replace("\"layers\":1", "\"layers\":128")
                        .Replace(Star, string.Join(',', Enumerable.Repeat("\"encoder.layer.0-127.output.dense\"", 770)))),
            "'spec'");
        yield return (
            "spec with more patterns than matrices", Spec(text => text.Replace(Star, string.Join(',', Enumerable.Repeat("\"pooler.dense\"", 771)))),
            "patterns");
        yield return (
            "spec with quantizers for nothing",
            Spec(text => text.Replace("\"quantizers\":[", "\"quantizers\":[" + string.Concat(Enumerable.Repeat(Quantizer + ",", 300)))), "'spec'");
        yield return (
            "spec with illegal settings of very many matrices",
            Spec(text => text.Replace("\"layers\":1", "\"layers\":128").Replace("\"group_count\":1", "\"group_count\":3")), "'spec'");
        yield return ("spec with many group bits of many matrices", Spec(text => ManyGroups(text)), "mis-shaped");
        yield return ("spec nested deeply", Spec(_ => new string('[', 40_000)), "'spec'");
        yield return (
            "spec with very many numbers",
            Spec(text => text.Replace("\"group_bits\":[]", "\"group_bits\":[" + string.Join(',', Enumerable.Repeat("2", 10_000)) + "]")), "in proportion");
        yield return (
            "spec with as many numbers as are parsed", Spec(_ => "{\"quantizers\":[" + string.Join(',', Enumerable.Repeat("2", 4000)) + "]}"), "'spec'");
        yield return ("spec with as many objects as are parsed", Spec(_ => "[" + string.Join(',', Enumerable.Repeat("{}", 2000)) + "]"), "'spec'");
        yield return ("spec with a long name", Spec(_ => "{\"" + new string('n', 60_000) + "\":1}"), "'spec'");
        yield return ("spec longer than its file warrants", Spec(text => text + new string(' ', 200_000)), "in proportion");
    }

    private static IEnumerable<(string, byte[], string)> Seals()
    {
        yield return ("data of another checksum", Flipped(file => file.Tensors[3].Offset), "checksum");
        yield return ("last byte of another checksum", Flipped(file => file.FileLength - 1), "'vocabulary'");
        yield return ("header padding", Flipped(file => file.HeaderLength - 1), "header");
        yield return ("metadata changed after sealing", Edited("lower_case", "upper_case"), "'header_sha256'");
        yield return ("blank seal", Unsealed(), "'header_sha256'");
        yield return ("escaped seal key", Edited("\"header_sha256\"", "\"header_sha25\\u0036\""), "'header_sha256'");
        yield return ("checksums that are no JSON", Checksums(_ => "{"), "'checksums'");
        yield return ("checksums that are an array", Checksums(_ => "[]"), "'checksums'");
        yield return ("checksum missing", Checksums(text => text[..text.LastIndexOf(',')] + "}"), "'checksums'");
        yield return ("checksum too many", Checksums(text => text[..^1] + ",\"x\":\"" + new string('0', 32) + "\"}"), "'checksums'");
        yield return ("checksum of 30 digits", Checksums(text => text[..^4] + "\"}"), "'checksums'");
        yield return ("checksum that is no hexadecimal", Checksums(text => text[..^4] + "zz\"}"), "'checksums'");
        yield return ("checksum of another tensor name", Checksums(text => text.Replace("\"vocabulary\"", "\"vocabulory\"")), "'checksums'");
    }

    private static string ManyGroups(string text)
    {
        string bits = string.Join(',', Enumerable.Range(0, 2048).Select(i => 2 + (i % 2)));
        return text.Replace("\"layers\":1", "\"layers\":128").Replace("_size\":8", "_size\":2048").Replace("_size\":16", "_size\":2048")
            .Replace("\"bits\":2", "\"bits\":3").Replace("\"group_count\":1", "\"group_count\":2048").Replace("\"group_bits\":[]", $"\"group_bits\":[{bits}]");
    }

    /// <summary>Puts the vocabulary, 25 bytes long, before everything else.</summary>
    private static byte[] Misaligned()
    {
        using SafetensorsFile file = SafetensorsFile.Read(Rewritten(name => name != "vocabulary", w => w.AddBytes("vocabulary", [25], new byte[25])), "valid");
        string header = Encoding.UTF8.GetString(file.Header[8..]).TrimEnd();
        byte[] data = new byte[file.FileLength - file.HeaderLength];
        foreach (SafetensorsTensor tensor in file.Tensors)
        {
            long start = tensor.Offset - file.HeaderLength;
            long moved = tensor.Name == "vocabulary" ? 0 : start + 25;
            string at = $"\"{tensor.Name}\":{{\"dtype\":\"{tensor.DType}\",\"shape\":[{string.Join(',', tensor.Shape)}],\"data_offsets\":[";
            header = header.Replace($"{at}{start},{start + tensor.Length}]", $"{at}{moved},{moved + tensor.Length}]");
            file.Bytes(tensor).CopyTo(data.AsSpan((int)moved));
        }

        // Floats behind 25 bytes are at an odd byte wherever the data begins at an even one.
        header = header.PadRight((header.Length + 3) / 4 * 4);
        byte[] text = [.. BitConverter.GetBytes((long)header.Length), .. Encoding.UTF8.GetBytes(header)];
        int digits = header.IndexOf("\"header_sha256\":\"", StringComparison.Ordinal) + 8 + "\"header_sha256\":\"".Length;
        text.AsSpan(digits, 64).Fill((byte)'0');
        HeaderSeal.Apply(text);
        return [.. text, .. data];
    }

    private static ModelSpec Mixed(Mapping mapping) => TinyModel.Spec(2, new SpecOptions
    {
        Mapping = mapping,
        Plan = new EquatableArray<PlanEntry>([new PlanEntry(TinyModel.Query, null, null, null, null, new EquatableArray<int>([4, 2, 3, 2]))]),
    });

    private static Func<Array, Array?> With<T>(int index, T value) => values =>
    {
        ((T[])values)[index] = value;
        return values;
    };

    private static byte[] Changed(string name, Func<Array, Array?> change, ModelSpec? spec = null)
        => TinyModel.Builder(spec ?? TinyModel.Classifier(), (tensor, values) => tensor.Name == name ? change(values!) : values).ToBytes();

    private static byte[] Vocabulary(byte[] text)
        => Rewritten(name => name != "vocabulary", writer => writer.AddBytes("vocabulary", [text.Length], text));

    private static byte[] Spec(Func<string, string> change) => Rewritten(metadata: m =>
    {
        m["spec"] = change(m["spec"]);
        m["spec_sha256"] = SpecJson.Sha256(m["spec"]);
    });

    /// <summary>Copies the valid file with other tensors or metadata, and seals the copy.</summary>
    private static byte[] Rewritten(
        Func<string, bool>? keep = null, Action<SafetensorsWriter>? more = null, Action<Dictionary<string, string>>? metadata = null)
        => PackedModelBuilder.Sealed(Copy(keep, more, metadata));

    /// <summary>Copies a file with another text in its header, and seals the copy.</summary>
    public static byte[] WithMetadata(byte[] valid, string key, string text) =>
        PackedModelBuilder.Sealed(Copy(null, null, entries => entries[key] = text, valid: valid));

    private static byte[] Resized(byte[] valid, string name, int change)
    {
        int count = 0;
        using (SafetensorsFile file = SafetensorsFile.Read(valid, "valid"))
        {
            count = (int)file.Tensors.Single(tensor => tensor.Name == name).ElementCount + change;
        }

        return PackedModelBuilder.Sealed(Copy(n => n != name, writer => writer.AddFloats(name, [count], new float[count]), null, valid: valid));
    }

    private static byte[] Checksums(Func<string, string> change)
    {
        SafetensorsWriter writer = Copy(null, null, null, change);
        byte[] header = writer.BuildHeader();
        HeaderSeal.Apply(header);
        return ToArray(writer, header);
    }

    private static byte[] Unsealed()
    {
        SafetensorsWriter writer = Copy(null, null, null, text => text);
        return ToArray(writer, writer.BuildHeader());
    }

    private static byte[] ToArray(SafetensorsWriter writer, byte[] header)
    {
        using var stream = new MemoryStream();
        writer.Write(stream, header);
        return stream.ToArray();
    }

    private static SafetensorsWriter Copy(
        Func<string, bool>? keep, Action<SafetensorsWriter>? more, Action<Dictionary<string, string>>? metadata, Func<string, string>? checksums = null,
        byte[]? valid = null)
    {
        using SafetensorsFile file = SafetensorsFile.Read(valid ?? Valid(), "valid");
        var entries = file.Metadata.ToDictionary();
        entries[HeaderSeal.Key] = HeaderSeal.Blank;
        string text = entries["checksums"];
        entries.Remove("checksums");
        metadata?.Invoke(entries);
        var writer = new SafetensorsWriter();
        foreach ((string key, string value) in entries)
        {
            writer.AddMetadata(key, value);
        }

        if (checksums is not null)
        {
            writer.AddMetadata("checksums", checksums(text));
        }

        foreach (SafetensorsTensor tensor in file.Tensors.Where(tensor => keep is null || keep(tensor.Name)))
        {
            Add(writer, file, tensor);
        }

        more?.Invoke(writer);
        return writer;
    }

    private static void Add(SafetensorsWriter writer, SafetensorsFile file, SafetensorsTensor tensor)
    {
        int[] shape = [.. tensor.Shape.Select(d => (int)d)];
        if (tensor.DType == SafetensorsDType.U8)
        {
            writer.AddBytes(tensor.Name, shape, file.Bytes(tensor).ToArray());
            return;
        }

        float[] values = new float[tensor.ElementCount];
        file.ReadFloats(tensor, values);
        writer.AddFloats(tensor.Name, shape, values);
    }

    private static byte[] Flipped(Func<SafetensorsFile, long> position)
    {
        byte[] bytes = Valid();
        using SafetensorsFile file = SafetensorsFile.Read(Valid(), "valid");
        bytes[position(file)] ^= 1;
        return bytes;
    }

    /// <summary>Replaces text in the header, taking the difference in length from the padding.</summary>
    private static byte[] Edited(string from, string to)
    {
        byte[] bytes = Valid();
        using SafetensorsFile file = SafetensorsFile.Read(Valid(), "valid");
        string header = Encoding.UTF8.GetString(bytes, 8, file.HeaderLength - 8);
        byte[] edited = Encoding.UTF8.GetBytes(header.Replace(from, to).TrimEnd().PadRight(header.Length + 64));
        return [.. BitConverter.GetBytes((long)edited.Length), .. edited, .. bytes.AsSpan(file.HeaderLength)];
    }

    private static byte[] Valid() => TinyModel.Builder(TinyModel.Classifier()).ToBytes();
}
