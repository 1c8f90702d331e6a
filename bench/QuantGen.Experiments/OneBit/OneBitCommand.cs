using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace QuantGen.Experiments.OneBit;

/// <summary>Makes the table of students of one bit, and goes on where it was interrupted.</summary>
internal sealed class OneBitCommand : Command
{
    private const string FileName = "one-bit";

    public OneBitCommand(Option<DirectoryInfo> shared, Option<DirectoryInfo> models)
        : base(FileName, "Students of one bit: ways to train them by teacher, seeds as columns.")
    {
        var output = new Option<DirectoryInfo>("--output")
        {
            Description = "Where results are kept.", DefaultValueFactory = _ => new DirectoryInfo("bench/results"),
        };
        var only = new Option<string?>("--only") { Description = "Runs only rows whose teacher and method, as in 'trec BinaryBERT', contain this text." };
        Add(output);
        Add(only);
        SetAction(async (parse, cancellation) =>
        {
            string scratch = Directory.CreateTempSubdirectory("quantgen-one-bit-").FullName;
            try
            {
                var folders = (parse.GetValue(shared)!.FullName, parse.GetValue(models)!.FullName, scratch);
                await MakeAsync(folders, parse.GetValue(output)!.FullName, parse.GetValue(only), cancellation);
            }
            finally
            {
                Directory.Delete(scratch, recursive: true);
            }

            return 0;
        });
    }

    private static async Task MakeAsync(
        (string Shared, string Models, string Scratch) folders, string folder, string? only, CancellationToken cancellation)
    {
        var store = new ResultStore<OneBitResult>(Path.Combine(folder, FileName + ".json"));
        OneBitResult? Find(OneBitRow row, int seed) => store.Find(result => result.Key == row.Key && result.Seed == seed);
        OneBitRow[] rows = [.. OneBitRows.List.Where(row => only is null || row.Name.Contains(only, StringComparison.OrdinalIgnoreCase))];
        string table = Path.Combine(folder, FileName + ".md");

        // All rows with one seed, then with the next: a table that is interrupted can be compared.
        foreach (int seed in rows.SelectMany(row => row.Seeds).Distinct())
        {
            foreach (OneBitRow row in rows.Where(row => row.Seeds.Contains(seed) && Find(row, seed) is null))
            {
                OneBitResult result = await RunAsync(row, seed, folders, cancellation);
                store.Add(result);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{row.Name}, seed {seed}: {result.Metric} {result.Value:0.0000} of {result.Teacher:0.0000}, KL {result.Divergence:0.0000}"));
                File.WriteAllText(table, Table(Find));
            }
        }

        File.WriteAllText(table, Table(Find));
    }

    private static async Task<OneBitResult> RunAsync(
        OneBitRow row, int seed, (string Shared, string Models, string Scratch) folders, CancellationToken cancellation)
    {
        (string shared, string models, string scratch) = folders;
        string teacher = await TrainedModels.FolderAsync(row.Teacher, shared, models, cancellation);
        string student = Path.Combine(scratch, "student.qg.safetensors");
        string test = Path.Combine(shared, row.Teacher.Test);
        string[] measured = row.Options.Contains("--ensemble") ? ["--test-data", test] : [];
        JsonElement distilled = await Tool.JsonAsync(
            [
                "distill", "--teacher", teacher, "--data", Path.Combine(shared, row.Teacher.Train), "-o", student, "--seed",
                seed.ToString(CultureInfo.InvariantCulture), .. measured, .. row.Options,
            ],
            cancellation);
        JsonElement compared = await Tool.JsonAsync(["compare", teacher, student, "--data", test], cancellation);
        JsonElement inspected = await Tool.JsonAsync(["inspect", student], cancellation);
        (JsonElement a, JsonElement b) = (compared.GetProperty("a"), compared.GetProperty("b"));
        File.Delete(student);
        return new OneBitResult(
            row.Key, seed, Rounded(a.GetProperty("value")), Rounded(b.GetProperty("value")), RoundedOrNull(compared.GetProperty("agreement")),
            RoundedOrNull(compared.GetProperty("mean_kl")), b.GetProperty("bytes_total").GetInt64(), Rounded(a.GetProperty("latency_ms")),
            Rounded(b.GetProperty("latency_ms")), Rounded(inspected.GetProperty("gigaflops")))
        {
            Metric = compared.GetProperty("metric").GetString()!,
            BestMember = measured.Length == 0 ? null
                : distilled.GetProperty("members").EnumerateArray().Max(member => Rounded(member.GetProperty("test"))),
        };
    }

    private static double Rounded(JsonElement value) => Math.Round(value.GetDouble(), 6);

    private static double? RoundedOrNull(JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : Rounded(value);

    private static string Table(Func<OneBitRow, int, OneBitResult?> find)
    {
        int[] seeds = [.. OneBitRows.List.SelectMany(row => row.Seeds).Distinct().Order()];
        var text = new StringBuilder(string.Create(
            CultureInfo.InvariantCulture,
            $"# One bit\n\nStudents of `quantgen distill` with as many steps each, four epochs where a row does not say otherwise (divided among a method's " +
                $"stages; of running text 1,200 steps), and no test row was used to choose anything. Percent of accuracy, or perplexity of a masked language " +
                $"model; KL is the mean divergence from the teacher's answers, ms are for 128 tokens on this machine, beside the teacher's in the same " +
                $"run, and GFLOPs those of 128 tokens as papers count them: a product of m by n bits is m n / 64 of one of floats. " +
                $"Made by `dotnet run -c Release --project bench/QuantGen.Experiments -- {FileName}`; {RuntimeInformation.FrameworkDescription}, " +
                $"{Environment.ProcessorCount} processors.\n\n"));
        text.Append("| teacher | student | metric | of teacher | ").AppendJoin(" | ", seeds.Select(seed => $"seed {seed}"))
            .Append(" | mean | best member | agrees | KL | bytes | GFLOPs | ms of teacher | ms |\n|")
            .Append(string.Concat(Enumerable.Repeat(" --- |", seeds.Length + 12)))
            .Append('\n');
        foreach (OneBitRow row in OneBitRows.List)
        {
            OneBitResult?[] results = [.. seeds.Select(seed => row.Seeds.Contains(seed) ? find(row, seed) : null)];
            OneBitResult[] made = [.. results.OfType<OneBitResult>()];
            if (made.Length == 0)
            {
                continue;
            }

            string Value(double? value) => made[0].Metric == "perplexity" ? Number(value, "0.00") : Percent(value);
            string[] cells =
            [
                row.Teacher.Name, row.Method, made[0].Metric, Value(made[0].Teacher), .. results.Select(result => Value(result?.Value)),
                Value(made.Average(result => result.Value)), Percent(made.Average(result => result.BestMember)),
                Percent(made.Average(result => result.Agreement)),
                Number(made.Average(result => result.Divergence), "0.000"), Number(made[0].Bytes, "N0"), Number(made[0].Gigaflops, "0.000"),
                Number(made.Average(result => result.TeacherMs), "0.00"), Number(made.Average(result => result.Milliseconds), "0.00"),
            ];
            text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
        }

        return text.ToString();
    }

    private static string Percent(double? value) => Number(100 * value, "0.00");

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? string.Empty;
}
