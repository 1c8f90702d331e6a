using System.Diagnostics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using QuantGen.TestModels.Models;
using Xunit.Abstractions;

namespace QuantGen.Extensions.AI.Tests;

public sealed class HostedServiceTests(ITestOutputHelper output)
{
    private const int Callers = 32;

    private const double MostMilliseconds = 50;

    private const string Variable = "QUANTGEN_SOAK_SECONDS";

    /// <summary>
    /// A few hundred calls; for as many seconds as the environment variable says where it is set, and then memory must stay as it was, and calls that are
    /// cancelled must end soon.
    /// </summary>
    [Fact]
    public async Task Many_callers_get_the_vectors_that_each_would_get_alone()
    {
        await ServeAsync(call => call < 12);
        if (int.TryParse(Environment.GetEnvironmentVariable(Variable), out int seconds))
        {
            long before = GC.GetTotalMemory(forceFullCollection: true);
            DateTime end = DateTime.UtcNow.AddSeconds(seconds);
            (int cancelled, int late) = await ServeAsync(_ => DateTime.UtcNow < end);
            output.WriteLine($"{cancelled} calls were cancelled, {late} of them ended later than {MostMilliseconds} ms after that");
            Assert.InRange(late, 0, cancelled / 1000);
            Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 1 << 20);
        }
    }

    // Some of the calls are cancelled while they run; all others end with the right vectors.
    private static async Task<(int Cancelled, int Late)> ServeAsync(Func<int, bool> goesOn)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddQuantGenEmbeddings(_ => Bert8.Load(PackedFile.Of<Bert8>()));
        builder.Services.AddSingleton<Traffic>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<Traffic>());
        using IHost host = builder.Build();
        Traffic traffic = host.Services.GetRequiredService<Traffic>();
        traffic.GoesOn = goesOn;
        await host.StartAsync();
        await traffic.ExecuteTask!;
        await host.StopAsync();
        Assert.True(traffic.Right >= Callers, $"{traffic.Right} calls ended");
        Assert.True(traffic.Cancelled > 0);
        Assert.Equal(0, traffic.Wrong);
        return (traffic.Cancelled, traffic.Late);
    }

    private sealed class Traffic(IEmbeddingGenerator<string, Embedding<float>> generator, Bert8 model) : BackgroundService
    {
        private readonly float[][] _expected = [.. Enumerable.Range(0, 50).Select(i => model.Embed(PackedFile.Text(i)))];
        private int _right;
        private int _wrong;
        private int _cancelled;
        private int _late;

        public Func<int, bool> GoesOn { get; set; } = _ => false;

        public int Right => _right;

        public int Wrong => _wrong;

        public int Cancelled => _cancelled;

        /// <summary>Gets how many calls took too long to end once they were cancelled.</summary>
        public int Late => _late;

        protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
            Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => CallAsync(caller, stoppingToken), stoppingToken)));

        private async Task CallAsync(int caller, CancellationToken stopping)
        {
            for (int call = 0; GoesOn(call); call++)
            {
                int[] texts = [.. Enumerable.Range(0, 1 + (call % 3)).Select(i => ((7 * caller) + (3 * call) + i) % _expected.Length)];
                using var leaving = CancellationTokenSource.CreateLinkedTokenSource(stopping);
                if ((caller + call) % 10 == 0)
                {
                    await leaving.CancelAsync();
                }

                Task<GeneratedEmbeddings<Embedding<float>>> result = generator.GenerateAsync(texts.Select(PackedFile.Text), null, leaving.Token);
                long cancelled = Stopwatch.GetTimestamp();
                if ((caller + call) % 10 == 5)
                {
                    await leaving.CancelAsync();
                }

                try
                {
                    GeneratedEmbeddings<Embedding<float>> vectors = await result;
                    bool isRight = texts.Zip(vectors).All(pair => pair.Second.Vector.Span.SequenceEqual(_expected[pair.First]));
                    Interlocked.Increment(ref (isRight ? ref _right : ref _wrong));
                }
                catch (OperationCanceledException) when (leaving.IsCancellationRequested)
                {
                    Interlocked.Increment(ref _cancelled);
                    if (Stopwatch.GetElapsedTime(cancelled).TotalMilliseconds > MostMilliseconds)
                    {
                        Interlocked.Increment(ref _late);
                    }
                }
            }
        }
    }
}
