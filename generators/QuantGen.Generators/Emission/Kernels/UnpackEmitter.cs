using System.Globalization;
using QuantGen.Linear;

namespace QuantGen.Generators.Emission.Kernels;

/// <summary>Emits the method that turns a panel's codes into bytes, once for all tokens that will read them.</summary>
internal sealed class UnpackEmitter(KernelRow isa, KernelVariant variant)
{
    private readonly CodeFormat _format = new(variant.Bits);

    public void Emit(SourceWriter w)
    {
        int packBytes = _format.Planes * isa.PanelVectors * isa.VectorBytes;
        int stepBytes = isa.PanelVectors * isa.VectorBytes;
        w.Lines("// Centered codes as bytes, step after step; the next panel is fetched meanwhile.");
        w.Lines(TileEmitter.CompileFully);
        using (w.Block("public static void Unpack(ref byte codes, nint panelBytes, ref byte unpacked)"))
        {
            using (w.Block($"for (nint at = 0; at < panelBytes; at += {N(packBytes)})"))
            {
                for (int vector = 0; vector < _format.Planes * isa.PanelVectors; vector++)
                {
                    int offset = vector * isa.VectorBytes;
                    w.Lines($"{isa.Vector}<byte> codes{N(vector / isa.PanelVectors)}{N(vector % isa.PanelVectors)} = {isa.Vector}.LoadUnsafe(ref codes, "
                        + $"{N(offset)});");
                    if (offset % 64 == 0)
                    {
                        w.Lines($"Prefetch.Line(ref codes, panelBytes + {N(offset)});");
                    }
                }

                for (int step = 0; step < _format.StepsPerPack; step++)
                {
                    for (int v = 0; v < isa.PanelVectors; v++)
                    {
                        string planes = string.Join(", ", _format.PlanesOf(step).Select(plane => $"codes{N(plane)}{N(v)}"));
                        w.Lines($"Step{N(step)}({planes}).AsByte().StoreUnsafe(ref unpacked, {N((step * stepBytes) + (v * isa.VectorBytes))});");
                    }
                }

                w.Lines($"""
                    codes = ref Unsafe.Add(ref codes, {N(packBytes)});
                    unpacked = ref Unsafe.Add(ref unpacked, {N(_format.StepsPerPack * stepBytes)});
                    """);
            }
        }
    }

    private static string N(int number) => number.ToString(CultureInfo.InvariantCulture);
}
