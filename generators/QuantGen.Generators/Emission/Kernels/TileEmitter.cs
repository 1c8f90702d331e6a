using System.Globalization;
using QuantGen.Linear;

namespace QuantGen.Generators.Emission.Kernels;

/// <summary>Emits a vector micro-kernel: a tile of tokens by a panel of outputs, fully unrolled over a pack. The width is a parameter.</summary>
/// <param name="isa">The instruction set.</param>
/// <param name="variant">What weights look like.</param>
/// <param name="isUnpacked">Whether a panel's codes have become bytes before its tiles are computed.</param>
internal sealed class TileEmitter(KernelRow isa, KernelVariant variant, bool isUnpacked = false)
{
    /// <summary>The attribute of every micro-kernel: unoptimised vector code is so slow that even the first call should not run it.</summary>
    public const string CompileFully = "[MethodImpl(MethodImplOptions.AggressiveOptimization)]";

    private readonly CodeFormat _stored = new(variant.Bits);
    private readonly CodeFormat _format = new(isUnpacked ? 8 : variant.Bits);
    private readonly ProductEmitter _product = ProductEmitter.For(isa, variant);
    private readonly EpilogueEmitter _epilogue = new(isa, variant);

    private bool Unpacks => isUnpacked ? isa.OnlyUnpacked(variant.Bits) : isa.Unpacked(variant.Bits) is not null;

    private int InputsPerPack => _format.StepsPerPack * isa.Interleave;

    // Packs with few steps are repeated, so that the loop's own instructions do not count.
    private int PacksPerRound
    {
        get
        {
            int packs = Math.Max(1, 4 / _format.StepsPerPack);
            return _product.Depth == 0 ? packs : Math.Min(packs, Math.Max(1, _product.Depth / InputsPerPack));
        }
    }

    private int RoundBytes => PacksPerRound * _format.Planes * isa.VectorBytes * isa.PanelVectors;

    public void Emit(SourceWriter w)
    {
        string order = $"new({N(variant.Bits)}, {N(isa.VectorOutputs)}, {N(isa.Interleave)}, {N(isa.PanelVectors)})";
        order += _product.HasFoundDepth ? " { AddsPairs = true }"
            : isa.Fallbacks.Count > 0 ? " { ClipsPairs = !AvxVnni.IsSupported, ClipsQuads = true }" : string.Empty;
        w.Lines($"// {isa.Title}. {_product.Bound}");
        using (w.Block($"private readonly struct {isa.Name} : {(Unpacks ? "IUnpackingKernel" : "ITileKernel")}"))
        {
            KernelMembers.Unrolled(w, isa, order, (signature, tokens) => Method(w, signature, tokens));
            _epilogue.Emit(w);
            if (Unpacks)
            {
                w.Blank();
                new UnpackEmitter(isa, variant).Emit(w);
            }

            Unpackers(w);
        }
    }

    private static string N(int number) => number.ToString(CultureInfo.InvariantCulture);

    private void Method(SourceWriter w, string signature, int tokens)
    {
        w.Lines(CompileFully);
        using (w.Block(signature))
        {
            w.Lines($"""
                nint columns = w.Columns;
                nint panelBytes = columns * {N(isa.PanelOutputs * _format.Bits)} / 8;
                ref byte p = ref Unsafe.Add(ref w.Codes, row / {N(isa.PanelOutputs)} * panelBytes);
                ref byte a0 = ref Unsafe.Add(ref x.Codes, (nint)token * x.Stride);
                """);
            for (int m = 1; m < tokens; m++)
            {
                w.Lines($"ref byte a{N(m)} = ref Unsafe.Add(ref a{N(m - 1)}, x.Stride);");
            }

            if (_product.HasFoundDepth)
            {
                w.Lines("nint depth = Unsafe.Add(ref w.Depths, row);");
            }

            if (!isUnpacked)
            {
                Ahead(w, tokens);
            }

            _product.Begin(w, tokens);
            if (variant.IsGrouped)
            {
                Grouped(w, tokens);
            }
            else
            {
                w.Lines("nint k = 0;");
                Depths(w, tokens, "columns");
                _epilogue.DeclareTokens(w);
                _epilogue.Store(w, tokens);
            }
        }
    }

    // The next panel is fetched once: by the first tile, or a quarter of it by each of the first four. Other tiles ask for what they read anyway.
    private void Ahead(SourceWriter w, int tokens)
    {
        w.Lines($"""
            int share = x.Count >= {N(4 * tokens)} ? 2 : 0;
            nint tile = token / {N(tokens)};
            bool fetches = tile >> share == 0;
            ref byte ahead = ref Unsafe.Add(ref p, fetches ? panelBytes + (tile * (panelBytes >> share)) : 0);
            nint aheadStep = {N(RoundBytes)} >> (fetches ? share : 0);
            """);
    }

    // One scale per group of inputs: every group's sums become floats of their own.
    private void Grouped(SourceWriter w, int tokens)
    {
        _epilogue.DeclareTokens(w);
        _epilogue.DeclareTerms(w, tokens);
        w.Lines("int group = 0;");
        using (w.Block("for (nint k = 0; k < columns; group++)"))
        {
            w.Lines("nint groupEnd = Math.Min(k + w.GroupSize, columns);");
            _product.BeginGroup(w, tokens);
            Depths(w, tokens, "groupEnd");
            _epilogue.AddTerms(w, tokens);
            _product.Clear(w, tokens);
        }

        _epilogue.StoreTerms(w, tokens);
    }

    private void Depths(SourceWriter w, int tokens, string end)
    {
        if (_product.Depth == 0)
        {
            Round(w, tokens, end);
            return;
        }

        using (w.Block($"while (k < {end})"))
        {
            w.Lines($"nint depthEnd = Math.Min(k + {(_product.HasFoundDepth ? "depth" : N(_product.Depth))}, {end});");
            _product.BeginDepth(w, tokens);
            Round(w, tokens, "depthEnd");
            _product.EndDepth(w, tokens);
        }
    }

    private void Round(SourceWriter w, int tokens, string end)
    {
        int planeBytes = isa.VectorBytes * isa.PanelVectors;
        using (w.Block($"while (k < {end})"))
        {
            int together = _product.PacksTogether;
            for (int pack = 0; pack < PacksPerRound; pack += together)
            {
                int[] packs = Enumerable.Range(pack, together).ToArray();
                foreach (int each in packs)
                {
                    Codes(w, each * _format.Planes * planeBytes, each * InputsPerPack);
                }

                for (int step = 0; step < _format.StepsPerPack; step++)
                {
                    Step(w, tokens, step, packs.Select(each => each * InputsPerPack).ToArray());
                }
            }

            w.Lines($"p = ref Unsafe.Add(ref p, {N(RoundBytes)});");
            if (!isUnpacked)
            {
                w.Lines("ahead = ref Unsafe.Add(ref ahead, aheadStep);");
            }

            w.Lines($"k += {N(PacksPerRound * InputsPerPack)};");
        }
    }

    private static string Suffix(int firstInput) => firstInput == 0 ? string.Empty : "At" + N(firstInput);

    private void Codes(SourceWriter w, int firstByte, int firstInput)
    {
        int planeBytes = isa.VectorBytes * isa.PanelVectors;
        for (int plane = 0; plane < _format.Planes; plane++)
        {
            for (int v = 0; v < isa.PanelVectors; v++)
            {
                int at = firstByte + (plane * planeBytes) + (v * isa.VectorBytes);
                w.Lines($"{_product.CodesType} codes{N(plane)}{N(v)}{Suffix(firstInput)} = {_product.LoadCodes}(ref p, {N(at)});");
                if (at % 64 == 0 && !isUnpacked)
                {
                    w.Lines($"Prefetch.Line(ref ahead, {N(at)});");
                }
            }
        }
    }

    // A step of one pack, or of packs whose products are added before they are widened.
    private void Step(SourceWriter w, int tokens, int step, int[] packs)
    {
        w.Lines($"// Inputs k + {N(packs[0] + (step * isa.Interleave))} and following.");
        string[] names = packs.Select(firstInput => N(step) + Suffix(firstInput)).ToArray();
        for (int i = 0; i < packs.Length; i++)
        {
            for (int v = 0; v < isa.PanelVectors; v++)
            {
                string planes = string.Join(", ", _format.PlanesOf(step).Select(plane => $"codes{N(plane)}{N(v)}{Suffix(packs[i])}"));
                string codes = _format.Bits == 8 ? _product.Widen(planes) : $"Step{N(step)}({planes})";
                _product.LoadWeights(w, $"w{names[i]}{N(v)}", codes);
            }
        }

        for (int m = 0; m < tokens; m++)
        {
            for (int i = 0; i < packs.Length; i++)
            {
                _product.LoadActivations(w, $"x{names[i]}{N(m)}", m, packs[i] + (step * isa.Interleave));
            }

            for (int v = 0; v < isa.PanelVectors; v++)
            {
                _product.Add(w, m, v, names.Select(name => $"x{name}{N(m)}").ToArray(), names.Select(name => $"w{name}{N(v)}").ToArray());
            }
        }
    }

    private void Unpackers(SourceWriter w)
    {
        if (_stored.Bits == 8 || (isUnpacked && !Unpacks))
        {
            return;
        }

        string planes = string.Join(", ", _stored.Parameters.Select(name => $"{isa.Vector}<byte> {name}"));
        for (int step = 0; step < _stored.StepsPerPack; step++)
        {
            w.Lines($"\n// Codes of step {N(step)}: {_stored.Describe(step)}.");
            w.Lines("[MethodImpl(MethodImplOptions.AggressiveInlining)]");
            w.Lines($"private static {isa.Vector}<sbyte> Step{N(step)}({planes}) => {_stored.Unpack(isa, step)};");
        }
    }
}
