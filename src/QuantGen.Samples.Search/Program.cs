using System.Diagnostics;
using System.Globalization;
using QuantGen.Samples.Search;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

// The build asks for the vectors of the document once, so that no start has to compute them.
const string Vectors = "README.vectors";
if (args is ["--save-vectors", string path])
{
    using DocumentSearch made = DocumentSearch.OfThisRepository();
    made.Save(path);
    return;
}

using DocumentSearch search = DocumentSearch.OfThisRepository(Path.Combine(AppContext.BaseDirectory, Vectors));
using var process = Process.GetCurrentProcess();
Console.WriteLine($"{search.Passages.Count} passages of README.md, {(DateTime.Now - process.StartTime).TotalSeconds:F2} s after the start");
if (args.Length > 0)
{
    Answer(string.Join(' ', args));
}

while (args.Length == 0 && Console.ReadLine() is string line)
{
    Answer(line);
}

void Answer(string question)
{
    long start = Stopwatch.GetTimestamp();
    IReadOnlyList<(Passage Passage, float Score)> found = search.Find(question, top: 3);
    Console.WriteLine($"{question}  ({Stopwatch.GetElapsedTime(start).TotalMilliseconds:F2} ms)");
    foreach ((Passage passage, float score) in found)
    {
        const int Longest = 240;
        string text = passage.Text.Length > Longest ? passage.Text[..Longest] + " ..." : passage.Text;
        Console.WriteLine($"  {score:F3}  {passage.Heading}: {text}");
    }
}
