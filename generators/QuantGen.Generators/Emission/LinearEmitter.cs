using System.Globalization;
using QuantGen.Generators.Emission.Kernels;
using QuantGen.Specs;

namespace QuantGen.Generators.Emission;

/// <summary>Emits calls of linear layers: quantize once per activation site, then one product per matrix that reads it.</summary>
internal sealed class LinearEmitter(ModelPlan plan)
{
    /// <summary>Emits one activation site and the layers that read it.</summary>
    /// <param name="w">Where to.</param>
    /// <param name="input">A ref to the first input of the first token.</param>
    /// <param name="inputStride">Floats from token to token.</param>
    /// <param name="outputs">Per matrix the ref to its first output and the stride of outputs.</param>
    /// <param name="count">The number of tokens.</param>
    /// <param name="use">Which use of a shared layer.</param>
    /// <param name="operators">What a profile counts the products as.</param>
    /// <param name="isObserved">Whether calibration sees these inputs; not where it has seen them already.</param>
    public void Emit(
        SourceWriter w, string input, string inputStride, IReadOnlyList<(MatrixSpec Matrix, string Output, string Stride)> outputs, string count, string use,
        string operators, bool isObserved = true)
    {
        MatrixSpec first = outputs[0].Matrix;
        ActivationSite site = plan.Model.ActivationSites().First(s => s.Name == ActivationSite.NameFor(first.Name));
        int columns = first.Columns;
        if (isObserved && outputs.Any(o => !o.Matrix.IsQuantized))
        {
            int index = plan.Model.ActivationSites().ToList().IndexOf(site);
            w.Lines($"ActivationProbe.Observe(pass, {N(index)}, {use}, ref {input}, {inputStride}, {count}, {N(columns)});");
        }

        string? current = null;
        if (site.IsQuantized)
        {
            Enter(ProfileMark.ActivationCodes);
            w.Lines($"QuantizedRows x = Stage.{Quantize(site, input, inputStride, count, use)};");
        }

        if (AreBeside(outputs))
        {
            Enter(operators);
            Beside(w, outputs);
            return;
        }

        int groupSize = 0;
        foreach ((MatrixSpec matrix, string output, string stride) in outputs)
        {
            if (matrix.HasZeroPoints && matrix.GroupSize > 0 && matrix.GroupSize != groupSize)
            {
                Enter(ProfileMark.ActivationCodes);
                w.Lines($"QuantizedRows xBy{N(matrix.GroupSize)} = Stage.WithGroupSums(pass, worker, x, {N(columns)}, {N(matrix.GroupSize)});");
                groupSize = matrix.GroupSize;
            }

            Enter(operators);
            Product(w, matrix, input, inputStride, output, stride, count);
        }

        void Enter(string next)
        {
            if (current != next)
            {
                ProfileMark.Write(w, next);
                current = next;
            }
        }
    }

    /// <summary>Gets the most outputs of a call that computes a layer, with those that may be computed beside it.</summary>
    public static int MostBeside(MatrixSpec matrix) => matrix.Name.Contains(".attention.self.") ? 3 * PanelPadding.Pad(matrix.Rows, PanelPadding.Rows) : matrix.Rows;

    // Layers whose kernel looks sums of activations up share the tables of them.
    private static bool AreBeside(IReadOnlyList<(MatrixSpec Matrix, string Output, string Stride)> outputs)
    {
        MatrixSpec first = outputs[0].Matrix;
        return outputs.Count > 1 && outputs.All(o =>
            o.Matrix.HasIntegerProduct && !o.Matrix.IsMixed && PanelPadding.HasTables(o.Matrix.Bits, o.Matrix.GroupSize > 0)
            && KernelVariant.Of(o.Matrix, o.Matrix.Bits) == KernelVariant.Of(first, first.Bits));
    }

    private void Beside(SourceWriter w, IReadOnlyList<(MatrixSpec Matrix, string Output, string Stride)> outputs)
    {
        MatrixSpec first = outputs[0].Matrix;
        w.Lines($"{KernelVariant.Of(first, first.Bits).Suffix}.LinearBeside(");
        w.Lines("    x,");
        foreach ((MatrixSpec matrix, _, _) in outputs)
        {
            w.Lines($"    {Open(matrix, 0)},");
        }

        w.Lines($"    ref {outputs[0].Output}, {outputs[0].Stride}, ref pass.LocalFloats(worker, PanelScratch));");
    }

    private static string Open(MatrixSpec matrix, int segment)
    {
        int padded = PanelPadding.Pad(matrix.Columns, PanelPadding.Columns);
        return $"LinearWeights.Open(pass, {Identifier.Of(matrix.Name, segment)}, {N(matrix.Segments()[segment].Rows)}, {N(padded)}, {N(matrix.GroupSize == 0 ? padded : matrix.GroupSize)}, {(matrix.HasZeroPoints ? "true" : "false")})";
    }

    private string Quantize(ActivationSite site, string input, string inputStride, string count, string use)
    {
        string rows = $"pass, worker, ref {input}, {inputStride}, {count}, {N(site.Columns)}";
        if (plan.Model.ActivationRange == ActivationRange.PerToken)
        {
            return $"PerToken({rows})";
        }

        string scale = Identifier.Of(site.Name + ".input_scale");
        string zeroPoint = Identifier.Of(site.Name + ".input_zero_point");
        return $"Static({rows}, Unsafe.Add(ref pass.WeightFloats({scale}), {use}), Unsafe.Add(ref pass.WeightIntegers({zeroPoint}), {use}))";
    }

    private void Product(SourceWriter w, MatrixSpec matrix, string input, string inputStride, string output, string stride, string count)
    {
        if (!matrix.IsQuantized)
        {
            string place = Identifier.Of(matrix.Name);
            w.Lines($"{KernelVariant.FullPrecision.Suffix}.Linear(ref {input}, {inputStride}, {count}, ref pass.WeightFloats({place}.Codes), ref pass.WeightFloats({place}.Bias), {N(matrix.Rows)}, {N(matrix.Columns)}, ref {output}, {stride});");
            return;
        }

        if (matrix.HasCodebook)
        {
            string suffix = KernelVariant.Of(matrix, matrix.Bits).Suffix;
            string open = $"PlacedCodebook.Open(pass, {Identifier.Of(matrix.Name)}, {N(matrix.Rows)}, {N(matrix.Columns)})";
            w.Lines($"{suffix}.Linear(ref {input}, {inputStride}, {count}, {open}, ref {output}, {stride}, ref pass.LocalFloats(worker, PanelScratch));");
            return;
        }

        string rows = matrix.HasZeroPoints && matrix.GroupSize > 0 ? "xBy" + N(matrix.GroupSize) : "x";
        IReadOnlyList<RowSegment> segments = matrix.Segments();
        for (int s = 0; s < segments.Count; s++)
        {
            string variant = KernelVariant.Of(matrix, segments[s].Bits).Suffix;
            string target = !matrix.IsMixed ? $"ref {output}, {stride}"
                : $"ref Unsafe.Add(ref pass.LocalFloats(worker, Stored), {N(segments[s].FirstRow)}), {N(matrix.Rows)}";
            w.Lines($"{variant}.Linear({rows}, {Open(matrix, s)}, {target}, ref pass.LocalFloats(worker, PanelScratch));");
        }

        if (matrix.IsMixed)
        {
            string groups = string.Join(", ", matrix.StoredGroups().Select(g => N(g)));
            w.Lines($"StoredRows.Restore(ref pass.LocalFloats(worker, Stored), {N(matrix.Rows)}, ref {output}, {stride}, {count}, new[] {{ {groups} }}, {N(matrix.RowsPerGroup)});");
        }
    }

    private static string N(int number) => number.ToString(CultureInfo.InvariantCulture);
}
