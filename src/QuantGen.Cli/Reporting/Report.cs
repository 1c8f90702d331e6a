using System.Text.Encodings.Web;
using System.Text.Json;
using QuantGen.Cli.Conventions;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace QuantGen.Cli.Reporting;

/// <summary>Writes results: JSON when asked for, drawn tables on a terminal, plain text otherwise.</summary>
internal sealed class Report(CliStreams streams, bool isJson)
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NewLine = "\n",
    };

    private readonly bool _draws = streams.IsInteractive && !isJson;

    /// <summary>Gets whether only JSON may be written.</summary>
    public bool IsJson => isJson;

    /// <summary>Writes the result as JSON.</summary>
    public void Json<T>(T value) => streams.Output.WriteLine(JsonSerializer.Serialize(value, s_json));

    /// <summary>Writes a line for people; nothing when JSON is wanted.</summary>
    public void Line(string text)
    {
        if (!isJson)
        {
            streams.Output.WriteLine(text);
        }
    }

    /// <summary>Writes a table for people; nothing when JSON is wanted.</summary>
    public void Table(TextTable table)
    {
        if (_draws)
        {
            Terminal().Write(table.Draw());
        }
        else if (!isJson)
        {
            table.Write(streams.Output);
        }
    }

    /// <summary>Does long work, with a progress bar on a terminal.</summary>
    /// <param name="what">What is done, as the bar's title.</param>
    /// <param name="work">Gets whom to tell from 0 to 1; null when nobody watches.</param>
    public T WithProgress<T>(string what, Func<IProgress<double>?, T> work)
    {
        if (!_draws)
        {
            return work(null);
        }

        return Terminal().Progress().AutoClear(true).Start(progress =>
        {
            ProgressTask task = progress.AddTask(Markup.Escape(what), maxValue: 1);
            return work(new TaskProgress(task));
        });
    }

    /// <summary>Does long work that redraws what it shows.</summary>
    /// <param name="work">Gets what shows a new picture; null when nobody watches.</param>
    public T WithLive<T>(Func<Action<IRenderable>?, T> work) => _draws
        ? Terminal().Live(Text.Empty).AutoClear(true).Start(live => work(live.UpdateTarget))
        : work(null);

    private IAnsiConsole Terminal() => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(streams.Output) });

    // Unlike System.Progress it reports at once, on the thread that works.
    private sealed class TaskProgress(ProgressTask task) : IProgress<double>
    {
        public void Report(double value) => task.Value = value;
    }
}
