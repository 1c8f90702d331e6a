using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;

namespace QuantGen.Extensions.AI;

/// <summary>Traces and metrics of models that serve callers, by the names of OpenTelemetry's semantic conventions for generative AI.</summary>
/// <remarks>
/// A call is an activity <c>embeddings MODEL</c> (<c>classify</c>, <c>score</c>, <c>tag</c>, <c>answer</c>), with <c>gen_ai.operation.name</c>,
/// <c>gen_ai.provider.name</c>, <c>gen_ai.request.model</c>, and <c>error.type</c> where it failed; one of embeddings has <c>gen_ai.usage.input_tokens</c> and
/// <c>gen_ai.embeddings.dimension.count</c>, too. Metrics are <c>gen_ai.client.operation.duration</c> and <c>gen_ai.client.token.usage</c>.
/// </remarks>
public static class QuantGenTelemetry
{
    /// <summary>The name of activity source and meter, for <c>AddSource</c> and <c>AddMeter</c>.</summary>
    public const string Name = "QuantGen.Extensions.AI";

    /// <summary>The name of the provider in metadata, traces and metrics.</summary>
    public const string Provider = "quantgen";

    private static readonly string s_version =
        typeof(QuantGenTelemetry).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private static readonly ActivitySource s_source = new(Name, s_version);
    private static readonly Meter s_meter = new(Name, s_version);

    // The boundaries are those that the conventions advise.
    private static readonly Histogram<double> s_duration = s_meter.CreateHistogram(
        "gen_ai.client.operation.duration", "s", "Duration of calls.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [.. Enumerable.Range(0, 14).Select(i => 0.01 * (1 << i))] });

    private static readonly Histogram<int> s_tokens = s_meter.CreateHistogram(
        "gen_ai.client.token.usage", "{token}", "Tokens of texts that came in.",
        advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [.. Enumerable.Range(0, 14).Select(i => 1 << (2 * i))] });

    /// <summary>Makes a call and tells of it.</summary>
    /// <param name="operation">What is done.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="call">Does it. The activity, null where nobody listens, is for what only the call knows.</param>
    internal static async Task<T> TellAsync<T>(string operation, string model, Func<Activity?, Task<T>> call)
    {
        using Activity? activity = s_source.StartActivity($"{operation} {model}", ActivityKind.Internal);
        TagList tags = Tags(operation, model);
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            activity?.SetTag(tag.Key, tag.Value);
        }

        long start = Stopwatch.GetTimestamp();
        try
        {
            return await call(activity).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            string type = error.GetType().FullName!;
            tags.Add("error.type", type);
            activity?.SetTag("error.type", type);
            activity?.SetStatus(ActivityStatusCode.Error, error.Message);
            throw;
        }
        finally
        {
            s_duration.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, tags);
        }
    }

    /// <summary>Tells how many tokens a call of embeddings had, and how long its vectors are.</summary>
    internal static void TellUsage(Activity? activity, string operation, string model, int tokens, int dimensions)
    {
        activity?.SetTag("gen_ai.usage.input_tokens", tokens);
        activity?.SetTag("gen_ai.embeddings.dimension.count", dimensions);
        TagList tags = Tags(operation, model);
        tags.Add("gen_ai.token.type", "input");
        s_tokens.Record(tokens, tags);
    }

    private static TagList Tags(string operation, string model) => new()
    {
        { "gen_ai.operation.name", operation },
        { "gen_ai.provider.name", Provider },
        { "gen_ai.request.model", model },
    };
}
