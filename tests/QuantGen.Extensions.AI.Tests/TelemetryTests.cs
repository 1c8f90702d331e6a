using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using QuantGen.TestModels.Models;

namespace QuantGen.Extensions.AI.Tests;

public sealed class TelemetryTests
{
    [Fact]
    public async Task Calls_are_told_of_by_the_names_of_the_conventions()
    {
        const string Model = "told of";
        var activities = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == QuantGenTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activities.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        var measurements = new ConcurrentQueue<(string Name, double Value, Dictionary<string, object?> Tags)>();
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Meter.Name == QuantGenTelemetry.Name)
                {
                    own.EnableMeasurementEvents(instrument);
                }
            },
        };
        meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => measurements.Enqueue((instrument.Name, value, Dictionary(tags))));
        meters.SetMeasurementEventCallback<int>((instrument, value, tags, _) => measurements.Enqueue((instrument.Name, value, Dictionary(tags))));
        meters.Start();

        using Bert8 model = Bert8.Load(PackedFile.Of<Bert8>());
        using var generator = model.Session.AsEmbeddingGenerator(new ModelServiceOptions { ModelId = Model });
        await generator.GenerateAsync(["word1 word2"]);
        await Assert.ThrowsAsync<SequenceTooLongException>(() => generator.GenerateAsync([string.Join(' ', Enumerable.Repeat("word1", 100))]));

        Activity[] own = [.. activities.Where(activity => activity.DisplayName == "embeddings " + Model)];
        Assert.Equal(2, own.Length);
        Assert.Equal("embeddings", own[0].GetTagItem("gen_ai.operation.name"));
        Assert.Equal("quantgen", own[0].GetTagItem("gen_ai.provider.name"));
        Assert.Equal(Model, own[0].GetTagItem("gen_ai.request.model"));
        Assert.Equal(4, own[0].GetTagItem("gen_ai.usage.input_tokens"));
        Assert.Equal(model.Embed("word1").Length, own[0].GetTagItem("gen_ai.embeddings.dimension.count"));
        Assert.Equal(ActivityStatusCode.Error, own[1].Status);
        Assert.Equal(typeof(SequenceTooLongException).FullName, own[1].GetTagItem("error.type"));
        var told = measurements.Where(one => Equals(one.Tags["gen_ai.request.model"], Model)).ToLookup(one => one.Name);
        Assert.Equal(2, told["gen_ai.client.operation.duration"].Count());
        Assert.Equal(typeof(SequenceTooLongException).FullName, told["gen_ai.client.operation.duration"].Last().Tags["error.type"]);
        (string _, double tokens, Dictionary<string, object?> tags) = Assert.Single(told["gen_ai.client.token.usage"]);
        Assert.Equal((4.0, "input"), (tokens, tags["gen_ai.token.type"]));
    }

    private static Dictionary<string, object?> Dictionary(ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value);
}
