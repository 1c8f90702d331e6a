using System.Text.Json;
using System.Text.Json.Serialization;

namespace QuantGen.Experiments;

/// <summary>The finished runs of a study, in a file that is replaced after every run, so that an interrupted study goes on where it was.</summary>
/// <typeparam name="TResult">What a run came to.</typeparam>
internal sealed class ResultStore<TResult>
    where TResult : class
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private readonly string _path;
    private readonly List<TResult> _results;

    /// <summary>Opens a store; a missing file is an empty one.</summary>
    public ResultStore(string path)
    {
        _path = path;
        _results = File.Exists(path) ? JsonSerializer.Deserialize<List<TResult>>(File.ReadAllText(path), s_json) ?? [] : [];
    }

    /// <summary>Finds the result of a run; null when it has not been made.</summary>
    public TResult? Find(Predicate<TResult> isOf) => _results.Find(isOf);

    /// <summary>Adds a result and writes all.</summary>
    public void Add(TResult result)
    {
        _results.Add(result);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(_path))!);
        string temporary = _path + ".new";
        File.WriteAllText(temporary, JsonSerializer.Serialize(_results, s_json) + "\n");
        File.Move(temporary, _path, overwrite: true);
    }
}
