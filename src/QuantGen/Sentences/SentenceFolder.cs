using QuantGen.Checkpoints;
using QuantGen.Files;
using QuantGen.Graph;
using QuantGen.Tasks;
using QuantGen.Tokenization;

namespace QuantGen.Sentences;

/// <summary>Reads what a folder of sentence-transformers says beside the encoder: its modules, pooling, dense layers, length and prompts.</summary>
/// <remarks>What the folder asks for and nobody here can do is an error that names it.</remarks>
public sealed class SentenceFolder
{
    private const string ModulesFile = "modules.json";
    private const string TypePrefix = "sentence_transformers.";
    private const string PoolingKey = "pooling_mode";

    // Older folders name the file after the family; the keys are the same.
    private static readonly string[] s_lengthFiles = ["sentence_bert_config.json", "sentence_distilbert_config.json", "sentence_albert_config.json"];

    private readonly string _directory;
    private readonly int _hiddenSize;
    private readonly List<SentenceLayer> _layers = [];
    private readonly List<float[]> _weights = [];
    private readonly List<float[]> _biases = [];
    private SentenceEncoding _encoding = new() { Normalize = false };

    private SentenceFolder(string directory, int hiddenSize)
    {
        _directory = directory;
        _hiddenSize = hiddenSize;
    }

    /// <summary>Reads a folder.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="hiddenSize">Elements of a hidden state of its encoder.</param>
    /// <param name="positions">The encoder's longest sequence.</param>
    /// <returns>What makes hidden states a vector; null where there is no <c>modules.json</c>.</returns>
    /// <exception cref="ModelFormatException">A file is not what it should be, or asks for what nobody here can do.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static SentenceHead? Read(string directory, int hiddenSize, int positions)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        string modules = Path.Combine(directory, ModulesFile);
        return File.Exists(modules) ? new SentenceFolder(directory, hiddenSize).Read(modules, positions) : null;
    }

    private SentenceHead Read(string modulesFile, int positions)
    {
        string last = string.Empty;
        foreach (JsonPlace module in JsonPlace.ParseList(File.ReadAllBytes(modulesFile), modulesFile))
        {
            string type = module.Get("type").AsString();
            string name = type.StartsWith(TypePrefix, StringComparison.Ordinal) ? type[(type.LastIndexOf('.') + 1)..] : type;
            string path = module.Get("path").AsString();
            switch ((last, name))
            {
                case ("", "Transformer") when path.Length == 0:
                    break;
                case ("Transformer", "Pooling"):
                    ReadPooling(Path.Combine(_directory, path, "config.json"));
                    break;
                case ("Pooling" or "Dense", "Dense"):
                    ReadDense(Path.Combine(_directory, path));
                    break;
                case ("Pooling" or "Dense", "Normalize"):
                    _encoding = _encoding with { Normalize = true };
                    break;
                default:
                    throw module.Wrong(
                        "Transformer in the folder itself, Pooling, any Dense, and Normalize or not, in this order",
                        $"'{type}' in '{path}' {(last.Length == 0 ? "at the beginning" : "after " + last)}");
            }

            last = name;
        }

        if (last is "" or "Transformer")
        {
            throw new ModelFormatException(modulesFile, string.Empty, "a Transformer and a Pooling", last.Length == 0 ? "no module" : "no Pooling");
        }

        ReadLength(positions);
        ReadPrompts(Path.Combine(_directory, "config_sentence_transformers.json"));
        _encoding = _encoding with { Layers = new EquatableArray<SentenceLayer>(_layers) };
        return _encoding.Defect(_hiddenSize) is (string expected, string found)
            ? throw new ModelFormatException(modulesFile, string.Empty, expected, found)
            : new SentenceHead(_encoding, _hiddenSize, _weights, _biases);
    }

    private void ReadPooling(string file)
    {
        JsonPlace root = JsonPlace.Parse(File.ReadAllBytes(file), file);
        EmbeddingPooling pooling = root.Find(PoolingKey) is JsonPlace modes ? Modes(modes) : 0;
        foreach ((string key, JsonPlace value) in root.AsPairs())
        {
            if (key is "word_embedding_dimension" or "embedding_dimension")
            {
                RequireSize(value, _hiddenSize, "the hidden size of config.json");
            }
            else if (key == "include_prompt")
            {
                _encoding = _encoding with { IncludesPrompt = value.AsBoolean() };
            }
            else if (key != PoolingKey && (!key.StartsWith(PoolingKey, StringComparison.Ordinal) || value.AsBoolean()))
            {
                pooling |= SentenceNames.ModeOfKey(key) ?? throw value.Wrong($"a pooling of {SentenceNames.AllModes}", $"'{key}'");
            }
        }

        // What the library does where the key is missing.
        bool isMean = pooling == 0 && root.Find("pooling_mode_mean_tokens") is null;
        _encoding = _encoding with { Pooling = isMean ? EmbeddingPooling.Mean : pooling };
    }

    private static EmbeddingPooling Modes(JsonPlace place)
    {
        EmbeddingPooling pooling = 0;
        foreach (JsonPlace mode in place.IsArray ? place.AsArray() : [place])
        {
            pooling |= SentenceNames.Mode(mode.AsString()) ?? throw mode.Wrong($"a pooling of {SentenceNames.AllModes}", $"'{mode.AsString()}'");
        }

        return pooling;
    }

    private void ReadDense(string directory)
    {
        string file = Path.Combine(directory, "config.json");
        JsonPlace root = JsonPlace.Parse(File.ReadAllBytes(file), file);
        HiddenActivation? function = HiddenActivation.Tanh;
        foreach ((string key, JsonPlace value) in root.AsPairs())
        {
            switch (key)
            {
                case "in_features" or "out_features" or "bias":
                case "module_input_name" or "module_output_name" when value.IsNull || value.AsString() == "sentence_embedding":
                    break;
                case "activation_function":
                    string type = value.AsString();
                    string name = type[(type.LastIndexOf('.') + 1)..];
                    function = name == "Identity" ? null
                        : SentenceNames.ActivationOfType(name) ?? throw value.Wrong($"one of {SentenceNames.AllActivations}", $"'{type}'");
                    break;
                default:
                    throw value.Wrong("in_features, out_features, bias and activation_function of a Dense", $"'{key}'");
            }
        }

        bool hasBias = root.Find("bias")?.AsBoolean() ?? true;
        var layer = new SentenceLayer(root.Get("in_features").AsCount(), root.Get("out_features").AsCount(), function, hasBias);
        string weights = Path.Combine(directory, "model.safetensors");
        if (!File.Exists(weights))
        {
            throw new ModelFormatException(directory, "model.safetensors", "the weights of the Dense module", "no such file");
        }

        using SafetensorsFile tensors = SafetensorsFile.Open(weights);
        _layers.Add(layer);
        _weights.Add(Tensor(tensors, "linear.weight", layer.Outputs, layer.Inputs));
        _biases.Add(hasBias ? Tensor(tensors, "linear.bias", layer.Outputs) : []);
    }

    private static float[] Tensor(SafetensorsFile file, string name, params int[] shape)
    {
        if (!file.TryGet(name, out SafetensorsTensor? tensor) || !tensor.HasShape(shape))
        {
            string found = tensor is null ? "none" : SafetensorsTensor.ShapeText(tensor.Shape);
            throw new ModelFormatException(file.Name, $"tensor '{name}'", SafetensorsTensor.ShapeText([.. shape.Select(n => (long)n)]), found);
        }

        float[] values = new float[tensor.ElementCount];
        file.ReadFloats(tensor, values);
        int bad = FloatScan.IndexOfNonFinite(values);
        return bad < 0 ? values : throw new ModelFormatException(file.Name, $"tensor '{name}'", "finite numbers", $"{values[bad]} at element {bad}");
    }

    private void ReadLength(int positions)
    {
        _encoding = _encoding with { MaxLength = positions };
        if (s_lengthFiles.Select(name => Path.Combine(_directory, name)).FirstOrDefault(File.Exists) is not string file)
        {
            return;
        }

        foreach ((string key, JsonPlace value) in JsonPlace.Parse(File.ReadAllBytes(file), file).AsPairs())
        {
            switch (key)
            {
                case "max_seq_length":
                    _encoding = _encoding with { MaxLength = value.IsNull ? positions : Math.Min(positions, Math.Max(3, value.AsCount())) };
                    break;
                case "do_lower_case":
                    _encoding = _encoding with { LowerCase = value.AsBoolean() };
                    break;
                case "transformer_task":
                    value.ExpectString("feature-extraction");
                    break;
                case "module_output_name":
                    value.ExpectString("token_embeddings");
                    break;
                case "modality_config" when value.AsPairs().All(pair => pair.Key == "text"):
                    break;
                default:
                    throw value.Wrong("max_seq_length and do_lower_case", $"'{key}'");
            }
        }
    }

    private void ReadPrompts(string file)
    {
        if (!File.Exists(file))
        {
            return;
        }

        foreach ((string key, JsonPlace value) in JsonPlace.Parse(File.ReadAllBytes(file), file).AsPairs())
        {
            switch (key)
            {
                // Who wrote the folder; and how the library compares vectors, which is no part of them.
                case "__version__" or "similarity_fn_name":
                case "prompts" or "default_prompt_name" when value.IsNull:
                    break;
                case "model_type":
                    value.ExpectString("SentenceTransformer");
                    break;
                case "prompts":
                    _encoding = _encoding with
                    {
                        Prompts = new EquatableArray<SentencePrompt>(value.AsPairs().Select(pair => new SentencePrompt(pair.Key, pair.Value.AsString()))),
                    };
                    break;
                case "default_prompt_name":
                    _encoding = _encoding with { DefaultPrompt = value.AsString() };
                    break;
                default:
                    throw value.Wrong("prompts and default_prompt_name", $"'{key}'");
            }
        }
    }

    private static void RequireSize(JsonPlace place, int expected, string what)
    {
        if (place.AsCount() != expected)
        {
            throw place.Wrong($"{expected}, {what}", $"{place.AsCount()}");
        }
    }
}
