using System.Globalization;
using QuantGen.Linear;

namespace QuantGen.Generators.Emission.Kernels;

/// <summary>Emits what every kernel has: its unit and order, and its tiles of tokens.</summary>
internal static class KernelMembers
{
    /// <summary>The parameters of a tile.</summary>
    private const string Parameters = "(in QuantizedRows x, int token, in PlacedLinear w, int row, ref float output, int outputStride)";

    /// <summary>Emits the members of a kernel whose tiles are unrolled.</summary>
    /// <param name="w">Receives them.</param>
    /// <param name="isa">The instruction set.</param>
    /// <param name="order">The order of its codes.</param>
    /// <param name="method">Emits a method of a signature for so many tokens.</param>
    public static void Unrolled(SourceWriter w, KernelRow isa, string order, Action<string, int> method)
    {
        Head(w, isa, order, N(isa.TallTokens));
        if (isa.TallTokens > isa.TileTokens)
        {
            method("public static void Tall" + Parameters, isa.TallTokens);
        }
        else
        {
            w.Lines("public static void Tall" + Parameters + " => Tile(x, token, w, row, ref output, outputStride);");
        }

        w.Blank();
        method("public static void Tile" + Parameters, isa.TileTokens);
        w.Blank();
        method("public static void Single(in QuantizedRows x, int token, in PlacedLinear w, int row, ref float output)", 1);
    }

    /// <summary>Emits the members of a kernel of plain loops, whose tiles are tokens one by one; but for <c>Single</c>.</summary>
    /// <param name="w">Receives them.</param>
    /// <param name="isa">The instruction set.</param>
    /// <param name="order">The order of its codes.</param>
    public static void Plain(SourceWriter w, KernelRow isa, string order)
    {
        Head(w, isa, order, "TileTokens");
        w.Lines($$"""
            public static void Tall{{Parameters}} =>
                Tile(x, token, w, row, ref output, outputStride);

            public static void Tile{{Parameters}}
            {
                for (int t = 0; t < TileTokens; t++)
                {
                    Single(x, token + t, w, row, ref Unsafe.Add(ref output, t * (nint)outputStride));
                }
            }

            """);
    }

    private static void Head(SourceWriter w, KernelRow isa, string order, string tallTokens) => w.Lines($$"""
        public static MultiplyUnit Unit => MultiplyUnit.{{isa.Unit}};

        public static KernelOrder Order => {{order}};

        public static int TileTokens => {{N(isa.TileTokens)}};

        public static int TallTokens => {{tallTokens}};

        """);

    private static string N(int number) => number.ToString(CultureInfo.InvariantCulture);
}
