using System.Diagnostics;
using System.Globalization;
using QuantGen.Samples.Search;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
using DocumentSearch search = DocumentSearch.OfThisRepository();
Console.WriteLine($"{search.Passages.Count} passages of README.md");
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
