using System.Security.Cryptography;
using System.Text;
using QuantGen.Files;
using QuantGen.Architectures;
using QuantGen.Specs;

namespace QuantGen.Checkpoints;

/// <summary>Reads a checkpoint in the layout of Hugging Face: <c>config.json</c> and weights as safetensors or, where there are none, as PyTorch saved
/// them.</summary>
/// <remarks>
/// Tensors have one set of names for both architectures, with or without a model prefix in the file, and with the old
/// <c>gamma</c> and <c>beta</c> of LayerNorm. ALBERT's shared block is layer 0. Reading from several threads is safe.
/// </remarks>
public sealed class Checkpoint : IDisposable
{
    private const string WeightFile = "model.safetensors";
    private const string PickleWeights = "pytorch_model.bin";
    private const string ConfigFile = "config.json";
    private const string Head = "cls.predictions.";
    private const int MaxConfigLength = 16 << 20;

    private readonly IWeightFile[] _files;
    private readonly string _indexPath;
    private readonly ModelFamily _family;
    private readonly Dictionary<string, CheckpointTensor> _tensors = new(StringComparer.Ordinal);
    private readonly Lazy<string> _sha256;

    private Checkpoint(string directory, string index, IWeightFile[] files, Dictionary<string, string>? shardOf)
    {
        Directory = directory;
        _files = files;
        _indexPath = shardOf is null ? files[0].Name : index;
        _sha256 = new Lazy<string>(ComputeSha256);
        ConfigJson = ReadConfig(Path.Combine(directory, ConfigFile));
        _family = ModelConfigReader.FamilyOf(ConfigJson);
        foreach (IWeightFile file in files)
        {
            AddTensors(file);
        }

        if (shardOf is not null)
        {
            RequireAgreement(shardOf);
        }
    }

    /// <summary>Gets the folder the checkpoint was opened from.</summary>
    public string Directory { get; }

    /// <summary>Gets the text of <c>config.json</c>.</summary>
    public string ConfigJson { get; }

    /// <summary>Gets every tensor by canonical name, those that a model may ignore included.</summary>
    public IReadOnlyDictionary<string, CheckpointTensor> Tensors => _tensors;

    /// <summary>Gets the SHA-256 of the weight file in lower-case hexadecimal; of all shards, in the order of their names, if there are several.</summary>
    public string Sha256 => _sha256.Value;

    /// <summary>Opens a checkpoint.</summary>
    /// <param name="directory">The folder with <c>config.json</c> and <c>model.safetensors</c> or <c>pytorch_model.bin</c>, or an index and its shards.</param>
    /// <exception cref="ModelFormatException">A file of the checkpoint is not what it should be.</exception>
    /// <exception cref="IOException">The folder or a file that must be there is missing or cannot be read.</exception>
    public static Checkpoint Open(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        var files = new List<IWeightFile>();
        try
        {
            string single = Path.Combine(directory, ChooseWeights(directory));
            string index = single + CheckpointIndex.Ending;
            if (File.Exists(single) || !File.Exists(index))
            {
                files.Add(OpenWeights(single));
                return new Checkpoint(directory, index, [.. files], null);
            }

            Dictionary<string, string> shardOf = CheckpointIndex.Read(index);
            foreach (string shard in shardOf.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
            {
                string path = Path.Combine(directory, shard);
                files.Add(
                    File.Exists(path)
                        ? OpenWeights(path)
                        : throw new ModelFormatException(index, $"shard '{shard}'", "the file beside the index", "no such file"));
            }

            return new Checkpoint(directory, index, [.. files], shardOf);
        }
        catch
        {
            files.ForEach(file => file.Dispose());
            throw;
        }
    }

    /// <summary>Reads a tensor as 32-bit floats.</summary>
    /// <param name="canonicalName">A key of <see cref="Tensors"/>.</param>
    /// <exception cref="ModelFormatException">The tensor is missing, is not of a float type or holds NaN or infinity.</exception>
    public float[] Read(string canonicalName)
    {
        ArgumentNullException.ThrowIfNull(canonicalName);
        CheckpointTensor tensor = Find(canonicalName);

        // A file with an impossible tensor is refused before memory is taken for it.
        tensor.File.RequireSpan(tensor.Source);
        float[] values = new float[tensor.Source.ElementCount];
        Read(tensor, values);
        return values;
    }

    /// <summary>Reads a tensor as 32-bit floats into memory that is there already.</summary>
    /// <param name="canonicalName">A key of <see cref="Tensors"/>.</param>
    /// <param name="destination">Takes one number per element; has exactly that length.</param>
    /// <exception cref="ModelFormatException">The tensor is missing, is not of a float type or holds NaN or infinity.</exception>
    public void Read(string canonicalName, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(canonicalName);
        Read(Find(canonicalName), destination);
    }

    /// <summary>Requires exactly these tensors, apart from known ones that a model may leave unused.</summary>
    /// <param name="expected">Canonical names and shapes.</param>
    /// <exception cref="ModelFormatException">Tensors are missing, unexpected or of another shape; the message lists them.</exception>
    public void RequireExactly(IEnumerable<(string Name, int[] Shape)> expected)
    {
        ArgumentNullException.ThrowIfNull(expected);
        var differences = new TensorDifferences();
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string name, int[] shape) in expected)
        {
            known.Add(name);
            if (!_tensors.TryGetValue(name, out CheckpointTensor? tensor))
            {
                differences.AddMissing(name);
            }
            else if (!tensor.Source.HasShape(shape))
            {
                differences.AddMismatch(tensor.SourceName, SafetensorsTensor.ShapeText(tensor.Shape), SafetensorsTensor.ShapeText(shape));
            }
        }

        foreach (CheckpointTensor tensor in _tensors.Values)
        {
            bool isPartOfHead = known.Contains(Steps.MaskedLanguageBias) && tensor.Name.StartsWith(Head, StringComparison.Ordinal);
            if (isPartOfHead && TiedTo(tensor.Name) is string original)
            {
                RequireCopy(tensor, original);
            }
            else if (!known.Contains(tensor.Name) && (isPartOfHead || !_family.Names.IsIgnorable(tensor.Name)))
            {
                differences.AddUnexpected(tensor.SourceName);
            }
        }

        differences.ThrowIfAny(_indexPath, known.Count);
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        foreach (IWeightFile file in _files)
        {
            file.Dispose();
        }
    }

    // Safetensors before pickles; with neither, what is missed are safetensors.
    private static string ChooseWeights(string directory)
    {
        bool Has(string name) => File.Exists(Path.Combine(directory, name));
        return Array.Find([WeightFile, PickleWeights], name => Has(name) || Has(name + CheckpointIndex.Ending)) ?? WeightFile;
    }

    private static IWeightFile OpenWeights(string path) =>
        path.EndsWith(".bin", StringComparison.Ordinal) ? PickleFile.Open(path) : SafetensorsFile.Open(path);

    private static void Read(CheckpointTensor tensor, Span<float> values)
    {
        tensor.File.ReadFloats(tensor.Source, values);
        int bad = FloatScan.IndexOfNonFinite(values);
        if (bad >= 0)
        {
            throw new ModelFormatException(tensor.File.Name, $"tensor '{tensor.SourceName}'", "finite numbers", $"{values[bad]} at element {bad}");
        }
    }

    // What a tensor of the masked language head is a copy of; null when it is none.
    private static string? TiedTo(string canonical) => canonical switch
    {
        Steps.MaskedLanguageDecoder + ".weight" => PackedLayout.WordEmbedding + ".weight",
        Steps.MaskedLanguageDecoder + ".bias" => Steps.MaskedLanguageBias,
        _ => null,
    };

    // A decoder is the word embedding again. One that was trained apart from it is another model.
    private void RequireCopy(CheckpointTensor copy, string original)
    {
        if (_tensors.TryGetValue(original, out CheckpointTensor? found)
            && !(found.Shape.SequenceEqual(copy.Shape) && Read(copy.Name).AsSpan().SequenceEqual(Read(original))))
        {
            throw new ModelFormatException(copy.File.Name, $"tensor '{copy.SourceName}'", $"a copy of '{found.SourceName}'", "other values");
        }
    }

    private static string ReadConfig(string path)
    {
        using var bytes = new FileBytes(path);
        if (bytes.Length > MaxConfigLength)
        {
            throw new ModelFormatException(path, "", $"at most {MaxConfigLength} bytes", $"{bytes.Length}");
        }

        FoundBytes.Require(bytes.Slice(0, (int)Math.Min(bytes.Length, FoundBytes.Length)), path, "JSON in UTF-8");
        try
        {
            var strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
            return strict.GetString(bytes.Slice(0, (int)bytes.Length));
        }
        catch (DecoderFallbackException cause)
        {
            throw new ModelFormatException(path, "", "UTF-8 text", $"an invalid byte at {cause.Index}", cause);
        }
    }

    private CheckpointTensor Find(string canonicalName) => _tensors.TryGetValue(canonicalName, out CheckpointTensor? tensor)
        ? tensor
        : throw new ModelFormatException(_indexPath, $"tensor '{canonicalName}'", "to be there", "no such tensor");

    private void AddTensors(IWeightFile file)
    {
        foreach (SafetensorsTensor source in file.Tensors)
        {
            string name = _family.Names.Canonical(source.Name);
            if (!_tensors.TryAdd(name, new CheckpointTensor(name, file, source)))
            {
                throw new ModelFormatException(file.Name, $"tensor '{source.Name}'", $"one tensor for '{name}'", $"also '{_tensors[name].SourceName}'");
            }
        }
    }

    private void RequireAgreement(Dictionary<string, string> shardOf)
    {
        int matched = 0;
        foreach (CheckpointTensor tensor in _tensors.Values)
        {
            string shard = Path.GetFileName(tensor.File.Name);
            if (!shardOf.TryGetValue(tensor.SourceName, out string? promised))
            {
                throw new ModelFormatException(_indexPath, $"tensor '{tensor.SourceName}'", "an entry in weight_map", $"none, though shard '{shard}' has it");
            }

            if (promised != shard)
            {
                throw new ModelFormatException(_indexPath, $"tensor '{tensor.SourceName}'", $"it in shard '{promised}'", $"it in '{shard}'");
            }

            matched++;
        }

        if (matched != shardOf.Count)
        {
            string absent =
                shardOf.Keys.First(name => !_tensors.TryGetValue(_family.Names.Canonical(name), out CheckpointTensor? tensor) || tensor.SourceName != name);
            throw new ModelFormatException(_indexPath, $"tensor '{absent}'", $"it in shard '{shardOf[absent]}'", "no such tensor");
        }
    }

    private string ComputeSha256()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (IWeightFile file in _files)
        {
            file.CopyTo(hash.AppendData);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
