using System.Diagnostics;
using System.Globalization;

namespace QuantGen.Cli.Jobs;

/// <summary>Does the jobs of a folder in processes of this machine.</summary>
internal static class JobProcesses
{
    /// <summary>Does jobs; when one fails the others are stopped, and those that are done stay.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="jobs">Which ones, from 0.</param>
    /// <param name="atOnce">The most processes.</param>
    /// <param name="threads">Threads of each.</param>
    /// <param name="progress">Who is told which share is done; null for nobody.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="InvalidDataException">A process failed; the message holds what it said.</exception>
    public static void Run(
        JobFolder folder, IReadOnlyList<int> jobs, int atOnce, int threads, IProgress<double>? progress, CancellationToken cancellation)
    {
        int done = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellation };
        Parallel.ForEachAsync(jobs, options, async (job, stop) =>
        {
            await RunOne(folder, job, threads, stop);
            progress?.Report((double)Interlocked.Increment(ref done) / jobs.Count);
        }).GetAwaiter().GetResult();
    }

    private static async Task RunOne(JobFolder folder, int job, int threads, CancellationToken cancellation)
    {
        string number = (job + 1).ToString(CultureInfo.InvariantCulture);
        IReadOnlyList<string> tool = ToolCommand.Words;
        string[] arguments =
        [
            .. tool.Skip(1), "quantize", "--collect", folder.Path, "--job", number, "--threads", threads.ToString(CultureInfo.InvariantCulture), "--json",
        ];
        var start = new ProcessStartInfo(tool[0], arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancellation);
            string error = await process.StandardError.ReadToEndAsync(cancellation);
            await output;
            await process.WaitForExitAsync(cancellation);
            if (process.ExitCode != 0)
            {
                throw new InvalidDataException($"job {number}: {error.Trim().Replace("quantgen: ", string.Empty, StringComparison.Ordinal)}");
            }
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
