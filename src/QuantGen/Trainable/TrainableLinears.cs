namespace QuantGen.Trainable;

/// <summary>
/// Linear layers that read the same activations, whose outputs stand side by side. Layers with integer products read codes, which are made once for
/// all of them; the others read the activations themselves.
/// </summary>
public sealed class TrainableLinears
{
    private readonly TrainableSite? _site;
    private readonly TrainableLinear[] _layers;

    /// <summary>Joins layers.</summary>
    /// <param name="site">Where the activations get codes; null where no layer multiplies integers.</param>
    /// <param name="layers">The layers, at least one, in the order of their outputs.</param>
    /// <exception cref="ArgumentException">There is no layer, or they differ in inputs.</exception>
    public TrainableLinears(TrainableSite? site, params TrainableLinear[] layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        if (layers.Length == 0 || layers.Any(layer => layer.Columns != layers[0].Columns))
        {
            throw new ArgumentException("Layers that read the same activations have the same number of inputs, and there is at least one.", nameof(layers));
        }

        _site = site;
        _layers = layers;
        Columns = layers[0].Columns;
        Rows = layers.Sum(layer => layer.Rows);
    }

    /// <summary>Gets the number of inputs.</summary>
    public int Columns { get; }

    /// <summary>Gets the number of outputs of all layers together.</summary>
    public int Rows { get; }

    private int Order => _site?.Order ?? _layers[0].Order;

    /// <summary>Gets whether nothing before these layers learns, so that a backward pass ends with their first use.</summary>
    /// <param name="pass">The pass.</param>
    public bool EndsBackward(TrainingPass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        return !pass.LearnsBefore(Order);
    }

    /// <summary>Computes the outputs of some tokens.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="input">The activations, [tokens, <see cref="Columns"/>].</param>
    /// <param name="tokens">How many tokens.</param>
    /// <param name="use">Which use of the layers in the pass.</param>
    /// <param name="output">Receives the outputs, [tokens, <see cref="Rows"/>].</param>
    public void Forward(TrainingPass pass, float[] input, int tokens, int use, float[] output)
    {
        LinearInput codes = _site?.Quantize(pass, input, tokens, use) ?? default;
        int offset = 0;
        foreach (TrainableLinear layer in _layers)
        {
            layer.Forward(pass, layer.ReadsCodes ? codes : new LinearInput(input), tokens, new MatrixPlace(output, offset, Rows));
            offset += layer.Rows;
        }
    }

    /// <summary>Adds the gradients of weights, biases and a learned threshold that learn, and computes or adds those of the activations, unless a backward
    /// pass ends here.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="input">The activations that <see cref="Forward"/> had.</param>
    /// <param name="tokens">How many tokens.</param>
    /// <param name="use">Which use of the layers in the pass.</param>
    /// <param name="outputGradient">The gradients of the outputs, [tokens, <see cref="Rows"/>].</param>
    /// <param name="inputGradient">The gradients of the activations, [tokens, <see cref="Columns"/>].</param>
    /// <param name="spare">
    /// A buffer of that size for gradients that must pass through a quantizer before they are added to <paramref name="inputGradient"/>; null when
    /// <paramref name="inputGradient"/> begins here and what it holds does not count.
    /// </param>
    public void Backward(TrainingPass pass, float[] input, int tokens, int use, float[] outputGradient, float[] inputGradient, float[]? spare)
    {
        // Layers that are used again follow themselves.
        float[]? wanted = use == 0 && EndsBackward(pass) ? null : inputGradient;
        if (_site is not { IsLearned: true } || (wanted is null && !_site.Learns))
        {
            Products(pass, input, tokens, use, outputGradient, wanted, accumulate: spare is not null, Which.All);
            return;
        }

        // What a learned threshold clips gets no gradient, which takes all products with codes together and nothing else.
        float[] quantized = spare ?? inputGradient;
        Products(pass, input, tokens, use, outputGradient, quantized, accumulate: false, Which.ReadingCodes);
        _site.Backward(pass, input, tokens, use, quantized);
        if (spare is not null && wanted is not null)
        {
            TrainingOperators.Add(pass, spare, inputGradient, (long)tokens * Columns);
        }

        Products(pass, input, tokens, use, outputGradient, wanted, accumulate: true, Which.ReadingFloats);
    }

    private enum Which
    {
        All,
        ReadingCodes,
        ReadingFloats,
    }

    private void Products(TrainingPass pass, float[] input, int tokens, int use, float[] outputGradient, float[]? gradient, bool accumulate, Which which)
    {
        int offset = 0;
        foreach (TrainableLinear layer in _layers)
        {
            if (which == Which.All || layer.ReadsCodes == (which == Which.ReadingCodes))
            {
                LinearInput read = layer.ReadsCodes ? _site!.Input(use) : new LinearInput(input);
                layer.Backward(pass, read, tokens, new MatrixPlace(outputGradient, offset, Rows), gradient, accumulate);
                accumulate = true;
            }

            offset += layer.Rows;
        }
    }
}
