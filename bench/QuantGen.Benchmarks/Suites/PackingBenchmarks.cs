using BenchmarkDotNet.Attributes;
using QuantGen.Benchmarks.Data;
using QuantGen.Benchmarks.Reporting;
using QuantGen.Linear;
using QuantGen.Quantization;

namespace QuantGen.Benchmarks.Suites;

/// <summary>Codes of a matrix of 3072 x 768: packed for a file, unpacked, and rewritten from the file's order into that of the kernel in use here.</summary>
[Config(typeof(ByteReport))]
public class PackingBenchmarks
{
    private const int Rows = 3072;
    private const int Columns = 768;
    private readonly byte[] _codes = new byte[Rows * Columns];
    private byte[] _packed = null!;
    private byte[] _panel = null!;
    private IPanelPacker _packer = null!;

    [Params(1, 2, 3, 4, 8)]
    public int Bits { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(42);
        for (int i = 0; i < _codes.Length; i++)
        {
            _codes[i] = (byte)random.Next(1 << Bits);
        }

        _packed = new byte[Rows * CodePacker.RowBytes(Columns, Bits)];
        CodePacker.Pack(_codes, Columns, Bits, _packed);
        KernelOrder order = GeneratedKernel.Of(Bits).Order;
        _packer = order.Table is TableOrder table ? new TablePacker(table, order.PanelOutputs, Columns) : new PanelPacker(order, Columns);
        _panel = new byte[_packer.PanelBytes];
        Fact.Tell(Fact.Bytes, _packed.Length);
    }

    [Benchmark]
    public void Pack() => CodePacker.Pack(_codes, Columns, Bits, _packed);

    [Benchmark]
    public void Unpack() => CodePacker.Unpack(_packed, Columns, Bits, _codes);

    [Benchmark]
    public void PackPanels()
    {
        int bytes = _packer.PanelOutputs * CodePacker.RowBytes(Columns, Bits);
        for (int at = 0; at + bytes <= _packed.Length; at += bytes)
        {
            _packer.Pack(_packed.AsSpan(at, bytes), _panel);
        }
    }
}
