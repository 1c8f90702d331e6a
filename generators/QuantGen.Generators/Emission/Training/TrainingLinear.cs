using QuantGen.Specs;
using static QuantGen.Generators.Emission.Training.TrainingEmitter;

namespace QuantGen.Generators.Emission.Training;

/// <summary>One matrix with the place of its outputs.</summary>
/// <param name="Matrix">The matrix.</param>
/// <param name="Output">The buffer of its outputs, or of their gradients.</param>
/// <param name="Offset">Where they begin in a row.</param>
/// <param name="Stride">Floats from row to row.</param>
internal sealed record TrainingProduct(MatrixSpec Matrix, string Output, string Offset, string Stride);

/// <summary>Emits linear layers that read the same activations: quantized once for those with integer products, as they are for the others.</summary>
internal sealed class TrainingLinear(ModelSpec model, string input, string count, string use)
{
    public void Forward(SourceWriter w, params TrainingProduct[] products)
    {
        ActivationSite site = Site(products);
        if (site.IsQuantized)
        {
            w.Lines($"LinearInput {Codes} = {TrainingSites.Field(site)}.Quantize(Pass, {input}, {count}, {use});");
        }

        foreach (TrainingProduct p in products)
        {
            w.Lines($"{Field(p.Matrix.Name)}.Forward(Pass, {Input(p, site)}, {count}, new MatrixPlace({p.Output}, {p.Offset}, {p.Stride}));");
        }
    }

    /// <summary>Emits the gradients of parameters and of the activations.</summary>
    /// <param name="w">The writer.</param>
    /// <param name="gradient">The buffer that gets the gradient of the activations.</param>
    /// <param name="spare">A buffer for what must pass through a quantizer before it is added; null when the gradient begins here.</param>
    /// <param name="products">The layers.</param>
    public void Backward(SourceWriter w, string gradient, string? spare, params TrainingProduct[] products)
    {
        ActivationSite site = Site(products);
        bool isLearned = site.IsQuantized && TrainingSites.IsLearned(model, site);
        bool begins = spare is null;
        TrainingProduct[] quantized = products.Where(p => p.Matrix.HasIntegerProduct).ToArray();
        if (isLearned)
        {
            string target = spare ?? gradient;
            Products(w, quantized, site, target, begins: true);
            w.Lines($"{TrainingSites.Field(site)}.Backward(Pass, {input}, {count}, {use}, {target});");
            if (spare is not null)
            {
                w.Lines($"TrainingOperators.Add(Pass, {spare}, {gradient}, (long){count} * HiddenSize);");
            }

            Products(w, products.Except(quantized).ToArray(), site, gradient, begins: false);
            return;
        }

        Products(w, products, site, gradient, begins);
    }

    // layer.Context becomes contextCodes.
    private string Codes => input.Substring(input.LastIndexOfAny(new[] { '.', '_' }) + 1) is var name ? char.ToLowerInvariant(name[0]) + name.Substring(1) + "Codes" : string.Empty;

    private void Products(SourceWriter w, TrainingProduct[] products, ActivationSite site, string gradient, bool begins)
    {
        foreach (TrainingProduct p in products)
        {
            string x = p.Matrix.HasIntegerProduct ? $"{TrainingSites.Field(site)}.Input({use})" : $"new LinearInput({input})";
            w.Lines($"{Field(p.Matrix.Name)}.Backward(Pass, {x}, {count}, new MatrixPlace({p.Output}, {p.Offset}, {p.Stride}), {gradient}, accumulate: {(begins ? "false" : "true")});");
            begins = false;
        }
    }

    private string Input(TrainingProduct product, ActivationSite site) => product.Matrix.HasIntegerProduct ? Codes : $"new LinearInput({input})";

    private ActivationSite Site(TrainingProduct[] products) =>
        model.ActivationSites().First(s => s.Name == ActivationSite.NameFor(products[0].Matrix.Name));
}
