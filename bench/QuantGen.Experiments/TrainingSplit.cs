namespace QuantGen.Experiments;

/// <summary>Divides a training file into rows to train on and a part to choose the best epoch by, so that the test file chooses nothing.</summary>
internal static class TrainingSplit
{
    /// <summary>Writes both parts into a folder that <c>quantgen distill --data</c> takes.</summary>
    /// <param name="file">Rows below a header line, or lines of text.</param>
    /// <param name="isText">Whether it has no header, and so many lines that a fiftieth of them is enough to measure on; else it is a tenth.</param>
    /// <param name="folder">The folder, which is made.</param>
    /// <returns>The folder.</returns>
    public static string Write(string file, bool isText, string folder)
    {
        Directory.CreateDirectory(folder);
        string extension = Path.GetExtension(file);
        using StreamWriter train = Open("train"), dev = Open("dev");
        int row = 0;
        foreach (string line in File.ReadLines(file))
        {
            if (!isText && row++ == 0)
            {
                train.WriteLine(line);
                dev.WriteLine(line);
                continue;
            }

            (Scatter(row++) % (isText ? 50u : 10u) == 0 ? dev : train).WriteLine(line);
        }

        return folder;

        StreamWriter Open(string name) => new(Path.Combine(folder, name + extension)) { NewLine = "\n" };
    }

    // Neighbouring rows of a data set may be alike, so the part is spread: Knuth's multiplicative hash.
    private static uint Scatter(int row) => ((uint)row * 2654435761u) >> 16;
}
