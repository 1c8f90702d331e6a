namespace QuantGen.Cli.Tests;

/// <summary>A tiny classifier, a packed file of it and a data set, written once for the tests of a class.</summary>
public sealed class CheckpointFixture : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public CheckpointFixture()
    {
        Checkpoint = TinyCheckpoint.Write(File("tiny-bert"));
        Data = TinyCheckpoint.WriteData(File("data.tsv"));
        Packed = File("tiny.qg.safetensors");
        Tool.Json("quantize", Checkpoint, "-o", Packed, "--bits", "4", "--groups", "8");
    }

    public string Checkpoint { get; }

    public string Data { get; }

    public string Packed { get; }

    public string File(string name) => Path.Combine(_folder.Path, name);

    public void Dispose() => _folder.Dispose();
}
