using QuantGen.Generators.Emission.Kernels;
using QuantGen.Generators.Emission.Plans;
using QuantGen.Generators.Emission.Training;
using QuantGen.Graph;
using QuantGen.Specs;
using static QuantGen.Generators.Emission.Nodes.PartContext;

namespace QuantGen.Generators.Emission.Nodes;

/// <summary>Linear layers that may be quantized: codes are made once for all that read the same values, then comes one product per matrix.</summary>
internal static class LinearEmitter
{
    private const string Staged = "ref pass.LocalFloats(worker, Stored)";

    private static string StagedOf(ModelSpec model) => model.IsInteger ? "ref pass.LocalIntegers(worker, Stored)" : Staged;

    /// <summary>Gets whether any of some steps needs room for a panel of weights.</summary>
    /// <param name="model">The model.</param>
    /// <param name="steps">The steps.</param>
    public static bool NeedsScratch(ModelSpec model, IEnumerable<Node> steps) =>
        steps.OfType<LinearNode>().Any(linear => linear.IsQuantizable && model.Matrix(linear.Name).IsQuantized);

    /// <summary>Emits the layers that read one place.</summary>
    /// <param name="w">Where to.</param>
    /// <param name="context">The method.</param>
    /// <param name="nodes">The layers.</param>
    public static void Infer(SourceWriter w, PartContext context, IReadOnlyList<LinearNode> nodes)
    {
        ModelSpec model = context.Plan.Model;
        MatrixSpec[] matrices = nodes.Select(node => model.Matrix(node.Name)).ToArray();
        ActivationSite site = model.ActivationSites().First(s => s.Name == nodes[0].Site);
        string input = $"ref {context.Ref(nodes[0].Input)}, {context.Stride(nodes[0].Input)}, {context.Count}";
        string operators = nodes[0].Part.ToString();
        w.Blank();
        if (context.IsObserved && (model.IsRounded || matrices.Any(matrix => !matrix.IsQuantized)))
        {
            int index = model.ActivationSites().ToList().IndexOf(site);
            w.Lines($"ActivationProbe.Observe(pass, site: {N(index)}, use: {context.Use}, {input}, columns: {N(site.Columns)});");
        }

        if (site.IsQuantized)
        {
            w.Lines($"{context.Codes("x")} = Stage.{Quantize(context, site, input)};");
        }

        if (AreBeside(model, matrices))
        {
            ProfileMark.Write(w, operators);
            Beside(w, context, nodes, matrices);
        }
        else
        {
            Products(w, context, nodes, matrices, input);
        }

        foreach (LinearNode node in nodes)
        {
            if (context.Rounding(node.Name) is RoundingCall rounding)
            {
                w.Lines($"{rounding.Type}.Output(pass, site: {N(rounding.Site)}, ref {context.Ref(node.Output)}, {context.Count}, "
                    + $"{context.Plan.SizeOf(node.Output)}{rounding.Ranges});");
            }
        }
    }

    public static void Forward(SourceWriter w, TrainingContext t, LinearNode node) => w.Lines(
        $"{TrainingEmitter.Field(node.Site)}.Forward(Pass, {t.Value(node.Input)}, tokens: {t.Rows}, use: {t.SiteUse}, output: {t.Value(node.Output)});");

    /// <summary>Emits the gradients; those of the residual stream are added to what is there.</summary>
    public static void Backward(SourceWriter w, TrainingContext t, LinearNode node) => w.Lines(
        $"{TrainingEmitter.Field(node.Site)}.Backward(\n    Pass, {t.Value(node.Input)}, tokens: {t.Rows}, use: {t.SiteUse}, outputGradient: "
        + $"{t.Gradient(node.Output)}, "
        + $"inputGradient: {t.Gradient(node.Input)}, spare: {(t.IsStream(node.Input) ? "g.Input" : "null")});");

    // Layers whose kernel looks sums of activations up share the tables of them.
    private static bool AreBeside(ModelSpec model, MatrixSpec[] matrices) => matrices.Length > 1 && !model.HasBitActivations && matrices.All(matrix =>
        matrix.HasIntegerProduct && !matrix.IsMixed && PanelPadding.HasTables(matrix.Bits, matrix.GroupSize > 0)
        && matrix.IsPair == matrices[0].IsPair && KernelVariant.Of(model, matrix, matrix.Bits) == KernelVariant.Of(model, matrices[0], matrices[0].Bits));

    private static void Beside(SourceWriter w, PartContext context, IReadOnlyList<LinearNode> nodes, MatrixSpec[] matrices)
    {
        ModelSpec model = context.Plan.Model;
        string weights = string.Join(", ", matrices.Select(matrix => Open(model, matrix, 0)));
        string outputs = matrices[0].IsPair ? $"{Staged}, {N(matrices.Sum(matrix => matrix.StoredRowCount))}"
            : $"ref {context.Ref(nodes[0].Output)}, {context.Stride(nodes[0].Output)}";
        w.Lines($"{KernelVariant.Of(model, matrices[0], matrices[0].Bits).Suffix}.LinearBeside(x, {weights}, {outputs}, ref scratch);");
        if (matrices[0].IsPair)
        {
            Halves(w, context, nodes, matrices);
        }
    }

    // The outputs of both halves of each matrix stand side by side, matrix after matrix; outputs are their sums.
    private static void Halves(SourceWriter w, PartContext context, IReadOnlyList<LinearNode> nodes, MatrixSpec[] matrices)
    {
        int stride = matrices.Sum(matrix => matrix.StoredRowCount);
        int first = 0;
        for (int i = 0; i < matrices.Length; i++)
        {
            string halves = first == 0 ? Staged : $"ref Unsafe.Add({Staged}, {N(first)})";
            w.Lines($"PairedRows.Add({halves}, {N(stride)}, {N(matrices[i].Rows)}, ref {context.Ref(nodes[i].Output)}, {context.Stride(nodes[i].Output)}, "
                + $"{context.Count});");
            first += matrices[i].StoredRowCount;
        }
    }

    private static void Products(SourceWriter w, PartContext context, IReadOnlyList<LinearNode> nodes, MatrixSpec[] matrices, string input)
    {
        int groupSize = 0;
        bool isMarked = false;
        for (int i = 0; i < nodes.Count; i++)
        {
            MatrixSpec matrix = matrices[i];
            if (matrix.HasZeroPoints && matrix.GroupSize > 0 && matrix.GroupSize != groupSize)
            {
                string size = N(matrix.GroupSize);
                w.Lines($"{context.Codes("xBy" + size)} = Stage.WithGroupSums(pass, worker, x, columns: {N(matrix.Columns)}, groupSize: {size});");
                groupSize = matrix.GroupSize;
                isMarked = false;
            }

            if (!isMarked)
            {
                ProfileMark.Write(w, nodes[i].Part.ToString());
                isMarked = true;
            }

            Product(w, context, matrix, input, $"ref {context.Ref(nodes[i].Output)}, {context.Stride(nodes[i].Output)}");
            if (matrix.IsPair)
            {
                Halves(w, context, new[] { nodes[i] }, new[] { matrix });
            }
        }
    }

    private static void Product(SourceWriter w, PartContext context, MatrixSpec matrix, string input, string output)
    {
        ModelPlan plan = context.Plan;
        string place = WeightLayout.NameOf(matrix.Name);
        if (!matrix.IsQuantized)
        {
            w.Lines($"{KernelVariant.FullPrecision.Suffix}.Linear({input}, ref pass.WeightFloats({place}.Codes), ref pass.WeightFloats({place}.Bias), "
                + $"{N(matrix.Rows)}, {N(matrix.Columns)}, {output});");
            return;
        }

        if (matrix.HasCodebook)
        {
            w.Lines($"{KernelVariant.Of(plan.Model, matrix, matrix.Bits).Suffix}.Linear({input}, LinearWeights.OpenCodebook(pass, {place}, {N(matrix.Rows)}, "
                + $"{N(matrix.Columns)}), "
                + $"{output}, ref scratch);");
            return;
        }

        string rows = matrix.HasZeroPoints && matrix.GroupSize > 0 ? "xBy" + N(matrix.GroupSize) : "x";
        IReadOnlyList<RowSegment> segments = matrix.Segments();
        for (int s = 0; s < segments.Count; s++)
        {
            string target = matrix.IsPair ? $"{Staged}, {N(matrix.StoredRowCount)}" : !matrix.IsMixed ? output
                : $"ref Unsafe.Add({StagedOf(plan.Model)}, {N(segments[s].FirstRow)}), {N(matrix.Rows)}";
            w.Lines($"{KernelVariant.Of(plan.Model, matrix, segments[s].Bits).Suffix}.Linear({rows}, {Open(plan.Model, matrix, s)}, {target}, ref scratch);");
        }

        if (matrix.IsMixed)
        {
            string groups = string.Join(", ", matrix.StoredGroups().Select(N));
            w.Lines($"StoredRows.Restore({StagedOf(plan.Model)}, {N(matrix.Rows)}, {output}, {context.Count}, "
                + $"new[] {{ {groups} }}, {N(matrix.RowsPerGroup)});");
        }
    }

    private static string Open(ModelSpec model, MatrixSpec matrix, int segment)
    {
        // Bits of padded inputs never differ, so that counts are those of the real ones.
        int padded = model.HasBitActivations ? matrix.Columns : PanelPadding.Pad(matrix.Columns, PanelPadding.Columns);
        string padding = padded == matrix.Columns ? string.Empty : $", padding: {N(padded - matrix.Columns)}";
        if (model.IsInteger)
        {
            return $"LinearWeights.OpenInteger(pass, {WeightLayout.NameOf(matrix.Name, segment)}, rows: {N(matrix.Segments()[segment].Rows)}, columns: "
                + $"{N(padded)}{padding})";
        }

        string group = matrix.GroupSize == 0 ? string.Empty : $", groupSize: {N(matrix.GroupSize)}";
        string zeros = matrix.HasZeroPoints || matrix.HasCenters ? ", hasZeroPoints: true" : string.Empty;
        return $"LinearWeights.Open(pass, {WeightLayout.NameOf(matrix.Name, segment)}, rows: {N(matrix.Segments()[segment].Rows)}, columns: "
            + $"{N(padded)}{group}{zeros}{padding})";
    }

    private static string Quantize(PartContext context, ActivationSite site, string input)
    {
        string rows = $"pass, worker, {input}, columns: {N(site.Columns)}";
        if (context.Plan.Model.ActivationRange == ActivationRange.PerToken)
        {
            return $"PerToken({rows})";
        }

        string scales = context.Plan.Weights[site.Name + ".input_scale"];
        if (context.IsInteger)
        {
            return $"Fixed({rows}, constants: {scales})";
        }

        if (context.Plan.Model.HasBitActivations)
        {
            string shifts = context.Plan.Weights[site.Name + ".input_shift"];
            return $"Planes({rows}, scales: {scales}, shifts: {shifts}, use: {context.Use}, isSigned: {(site.IsOneSided ? "false" : "true")})";
        }

        if (context.Plan.Model.IsRounded)
        {
            return $"Offset({rows}, scales: {scales}, centers: {context.Plan.Weights[site.Name + ".input_center"]})";
        }

        string zeroPoints = context.Plan.Weights[site.Name + ".input_zero_point"];
        return $"Static({rows}, scales: {scales}, zeroPoints: {zeroPoints}, use: {context.Use})";
    }
}
