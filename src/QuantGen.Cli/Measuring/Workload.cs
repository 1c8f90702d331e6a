using System.Diagnostics;
using System.Text.Json;
using QuantGen.Cli.Texts;
using QuantGen.Execution;

namespace QuantGen.Cli.Measuring;

/// <summary>What is measured as a whole: one call of a model, or the calls that a file of texts needs.</summary>
/// <param name="calls">The calls, one after the other.</param>
/// <param name="sequenceLength">Tokens of each sequence; null when every text has its own number.</param>
internal sealed class Workload(IReadOnlyList<ModelCall> calls, int? sequenceLength)
{
    private const int FewestWarmUps = 5;
    private const int MostWarmUps = 200;
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true };
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(1);

    public int? SequenceLength => sequenceLength;

    public int Calls => calls.Count;

    public int Tokens => calls.Sum(call => call.Tokens);

    public int Sequences => calls.Sum(call => call.Sequences);

    /// <summary>Makes one call with random token ids.</summary>
    /// <param name="session">The model.</param>
    /// <param name="length">Tokens of each sequence.</param>
    /// <param name="batch">Sequences of the call.</param>
    /// <param name="seed">Which ids are drawn.</param>
    public static Workload Random(InferenceSession session, int length, int batch, int seed)
    {
        int[] ids = new int[checked(length * batch)];
        var random = new Random(seed);
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = random.Next(session.Spec.Dimensions.VocabularySize);
        }

        int[] lengths = new int[batch];
        Array.Fill(lengths, length);
        return new Workload([new ModelCall(session, ids, new byte[ids.Length], lengths)], length);
    }

    /// <summary>Makes calls with the token ids of a file, in its order.</summary>
    /// <param name="session">The model.</param>
    /// <param name="path">What <c>tokenize --json</c> wrote.</param>
    /// <param name="batch">Sequences of each call; the last may have fewer.</param>
    /// <exception cref="InvalidDataException">The file holds something else.</exception>
    public static Workload Read(InferenceSession session, string path, int batch) => new(
        [.. ReadRows(path).Chunk(batch).Select(rows => new ModelCall(
            session,
            [.. rows.SelectMany(row => row.Ids)],
            [.. rows.SelectMany(row => row.TypeIds)],
            [.. rows.Select(row => row.Ids.Count)]))],
        sequenceLength: null);

    /// <summary>Repeats all calls as often as the just-in-time compiler needs to settle.</summary>
    public void WarmUp(CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        for (int i = 0; i < FewestWarmUps || (i < MostWarmUps && watch.Elapsed < s_warmUp); i++)
        {
            RunOnce(cancellation);
        }
    }

    /// <summary>Runs all calls once.</summary>
    /// <param name="cancellation">Stops between two calls.</param>
    /// <param name="options">Threads and profile; null for defaults.</param>
    /// <returns>The milliseconds that took.</returns>
    public double RunOnce(CancellationToken cancellation, CallOptions? options = null)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < calls.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            calls[i].Run(options);
        }

        return (Stopwatch.GetTimestamp() - start) * 1000.0 / Stopwatch.Frequency;
    }

    private static TokenRow[] ReadRows(string path)
    {
        TokenRow[]? rows;
        try
        {
            rows = JsonSerializer.Deserialize<TokenRow[]>(File.ReadAllText(path), s_json);
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path}: these are no tokens as 'quantgen tokenize --json' writes them: {error.Message}", error);
        }

        return rows is { Length: > 0 } ? rows : throw new InvalidDataException($"{path}: there are no texts");
    }
}
