using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using QuantGen.Linear;
using QuantGen.Quantization;
using QuantGen.Specs;

namespace QuantGen.IntegrationTests.Behaviour;

/// <summary>A product of a generated kernel with weights that a test chooses, exact numbers in and out.</summary>
internal static class PanelProduct
{
    /// <summary>The form of a kernel's entry.</summary>
    public delegate void Product(in QuantizedRows x, in PlacedLinear w, ref float output, int outputStride, ref float scratch);

    /// <summary>Packs centered weights, a row each, for a kernel; the last panel is filled up with zeros.</summary>
    public static byte[] Pack(KernelOrder order, int[][] weights)
    {
        int columns = weights[0].Length;
        var packer = new PanelPacker(order, columns);
        int rowBytes = columns * order.Bits / 8;
        byte[] codes = [.. weights.SelectMany(row => row.Select(w => (byte)(w + (1 << (order.Bits - 1)))))];
        byte[] rows = new byte[weights.Length * rowBytes];
        CodePacker.Pack(codes, columns, order.Bits, rows);
        int panels = (weights.Length + order.PanelOutputs - 1) / order.PanelOutputs;
        byte[] packed = new byte[panels * packer.PanelBytes];
        for (int panel = 0; panel < panels; panel++)
        {
            int first = panel * order.PanelOutputs;
            packer.Pack(
                rows.AsSpan(first * rowBytes, Math.Min(order.PanelOutputs, weights.Length - first) * rowBytes),
                packed.AsSpan(panel * packer.PanelBytes, packer.PanelBytes));
        }

        return packed;
    }

    /// <summary>Multiplies.</summary>
    /// <param name="product">The kernel.</param>
    /// <param name="codes">Weights in its order.</param>
    /// <param name="depth">The depth of all panels.</param>
    /// <param name="excess">What was clipped, or nothing.</param>
    /// <param name="weights">The weights of each output, whose sums kernels may begin with.</param>
    /// <param name="activations">A row for each token.</param>
    /// <returns>Outputs, token after token.</returns>
    public static float[] Multiply(Product product, byte[] codes, int depth, int[] excess, int[][] weights, byte[][] activations)
    {
        int rows = weights.Length;
        int columns = activations[0].Length;
        int tokens = activations.Length;
        byte[] placed = new byte[(PanelPadding.Pad(rows, PanelPadding.Rows) * columns) + (excess.Length * sizeof(int))];
        codes.CopyTo(placed, 0);
        MemoryMarshal.AsBytes(excess.AsSpan()).CopyTo(placed.AsSpan(placed.Length - (excess.Length * sizeof(int))));
        byte[] flat = [.. activations.SelectMany(row => row)];
        int padded = PanelPadding.Pad(rows, PanelPadding.Rows);
        float[] biases = new float[padded];
        float[] ones = [.. Enumerable.Repeat(1f, Math.Max(padded, tokens))];
        int[] zeros = new int[Math.Max(padded, tokens)];
        int[] sums = new int[padded];
        weights.Select(row => row.Sum()).ToArray().CopyTo(sums, 0);
        int[] depths = [.. Enumerable.Repeat(depth, padded)];
        float[] outputs = new float[tokens * rows];
        float[] scratch = new float[PanelPadding.ScratchBytes(tokens, rows, columns, 7, false) + PanelPadding.ScratchBytes(tokens, rows, columns, 8, false)];
        var x = new QuantizedRows(ref flat[0], ref ones[0], ref zeros[0], ref zeros[0], 1, columns, tokens);
        var w = new PlacedLinear(
            ref placed[0], ref ones[0], ref sums[0], ref Unsafe.NullRef<int>(), ref biases[0], ref depths[0], rows, columns, columns);
        product(x, w, ref outputs[0], rows, ref scratch[0]);
        return outputs;
    }

    /// <summary>Multiplies by the definition.</summary>
    public static float[] Expected(int[][] weights, byte[][] activations) =>
        [.. activations.SelectMany(token => weights.Select(row => (float)row.Select((w, input) => w * token[input]).Sum()))];
}
