using System.Text.Json;
using System.Text.Json.Serialization;
using QuantGen.Cli.Measuring;
using QuantGen.Peers.Racing;

namespace QuantGen.Peers.Reporting;

/// <summary>The files of a race: table, every single time and chart.</summary>
/// <remarks>Each kind of processor has its own, for a run on another says nothing about this one.</remarks>
/// <param name="folder">Where they go.</param>
internal sealed class RaceFiles(string folder)
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Gets the path without an extension.</summary>
    public string Name { get; } = Path.Combine(folder, "peers." + CpuKind.Current.FileName);

    /// <summary>Gets the text of the file that holds every time.</summary>
    public static string Json(RaceReport report) => JsonSerializer.Serialize(report, s_json) + "\n";

    /// <summary>Reads what is there; null where nothing is, or what another version wrote.</summary>
    public RaceReport? Read()
    {
        try
        {
            return File.Exists(Name + ".json") ? JsonSerializer.Deserialize<RaceReport>(File.ReadAllText(Name + ".json"), s_json) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes all of them, as far as the race has come.</summary>
    public void Save(RaceReport report)
    {
        Directory.CreateDirectory(folder);
        Write(".json", Json(report));
        Write(".md", RaceText.Write(report, Path.GetFileName(Name) + ".svg"));
        Write(".svg", RaceChart.Draw(report.Results));
    }

    private void Write(string extension, string text)
    {
        string temporary = Name + extension + ".new";
        File.WriteAllText(temporary, text);
        File.Move(temporary, Name + extension, overwrite: true);
    }
}
