using System.Runtime.CompilerServices;
using System.Text;

namespace QuantGen.Generators.Tests.Emission;

/// <summary>Compares text with a file that people have read, in the file convention of Verify.</summary>
internal static class Snapshot
{
    /// <summary>Compares with <c>_snapshots/NAME.verified.cs</c>; a difference leaves <c>NAME.received.cs</c> beside it.</summary>
    /// <param name="text">What there is now.</param>
    /// <param name="name">The name of the snapshot.</param>
    /// <param name="extension">What its file's name ends in.</param>
    /// <param name="test">The test's file, beside which the folder stands.</param>
    public static void Match(string text, string name, string extension = "cs", [CallerFilePath] string test = "")
    {
        string folder = Path.Combine(Path.GetDirectoryName(test)!, "_snapshots");
        string verified = Path.Combine(folder, $"{name}.verified.{extension}");
        string received = Path.Combine(folder, $"{name}.received.{extension}");
        string expected = File.Exists(verified) ? File.ReadAllText(verified) : string.Empty;
        if (text == expected)
        {
            File.Delete(received);
            return;
        }

        Directory.CreateDirectory(folder);
        File.WriteAllText(received, text, new UTF8Encoding(false));
        Assert.Fail($"{name}: {FirstDifference(expected, text)}. Read {name}.received.{extension} and rename it to {name}.verified.{extension} if it is "
            + $"right.");
    }

    private static string FirstDifference(string expected, string found)
    {
        string[] old = expected.Split('\n');
        string[] now = found.Split('\n');
        int line = 0;
        while (line < old.Length && line < now.Length && old[line] == now[line])
        {
            line++;
        }

        return $"line {line + 1} was '{At(old)}' and is '{At(now)}'";

        string At(string[] lines) => line < lines.Length ? lines[line].Trim() : "missing";
    }
}
