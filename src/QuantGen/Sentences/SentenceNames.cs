using QuantGen.Tasks;

namespace QuantGen.Sentences;

/// <summary>The names of poolings and activations in files.</summary>
internal static class SentenceNames
{
    private static readonly (EmbeddingPooling Mode, string Name, string Key)[] s_modes =
    [
        (EmbeddingPooling.Cls, "cls", "pooling_mode_cls_token"),
        (EmbeddingPooling.Max, "max", "pooling_mode_max_tokens"),
        (EmbeddingPooling.Mean, "mean", "pooling_mode_mean_tokens"),
        (EmbeddingPooling.MeanSqrtLen, "mean_sqrt_len_tokens", "pooling_mode_mean_sqrt_len_tokens"),
        (EmbeddingPooling.LastToken, "lasttoken", "pooling_mode_lasttoken"),
    ];

    private static readonly (HiddenActivation Function, string Name, string Type)[] s_activations =
    [
        (HiddenActivation.Tanh, "tanh", "Tanh"),
        (HiddenActivation.Relu, "relu", "ReLU"),
        (HiddenActivation.Gelu, "gelu", "GELU"),
        (HiddenActivation.Silu, "silu", "SiLU"),
    ];

    /// <summary>Gets all names of modes, for messages.</summary>
    public static string AllModes => string.Join(", ", s_modes.Select(row => row.Name));

    /// <summary>Gets the modes with their keys in a folder's file.</summary>
    public static IEnumerable<(EmbeddingPooling Mode, string Key)> Keys => s_modes.Select(row => (row.Mode, row.Key));

    /// <summary>Gets the last part of an activation's type in a folder's file.</summary>
    public static string TypeOf(HiddenActivation function) => s_activations.First(row => row.Function == function).Type;

    /// <summary>Gets all types of activations, for messages.</summary>
    public static string AllActivations => "Identity, " + string.Join(", ", s_activations.Select(row => row.Type));

    public static string Of(EmbeddingPooling mode) => s_modes.First(row => row.Mode == mode).Name;

    public static string Of(HiddenActivation function) => s_activations.First(row => row.Function == function).Name;

    /// <summary>Finds a mode by its name; null for an unknown one.</summary>
    public static EmbeddingPooling? Mode(string name) =>
        s_modes.Where(row => row.Name == name || (row.Mode == EmbeddingPooling.MeanSqrtLen && name == "mean_sqrt_len"))
            .Select(row => (EmbeddingPooling?)row.Mode).FirstOrDefault();

    /// <summary>Finds a mode by its key in a folder's file; null for an unknown one.</summary>
    public static EmbeddingPooling? ModeOfKey(string key) =>
        s_modes.Where(row => row.Key == key).Select(row => (EmbeddingPooling?)row.Mode).FirstOrDefault();

    /// <summary>Finds an activation by its name in a packed file; null for an unknown one.</summary>
    public static HiddenActivation? Activation(string name) =>
        s_activations.Where(row => row.Name == name).Select(row => (HiddenActivation?)row.Function).FirstOrDefault();

    /// <summary>Finds an activation by the last part of its type's name in a folder; null for an unknown one.</summary>
    public static HiddenActivation? ActivationOfType(string type) =>
        s_activations.Where(row => row.Type == type).Select(row => (HiddenActivation?)row.Function).FirstOrDefault();
}
