using QuantGen.Graph;
using QuantGen.Tasks;

namespace QuantGen.Sentences;

/// <summary>
/// How a sentence encoder makes texts into vectors, beside its layers: what a folder of sentence-transformers says, and a packed file keeps. No part of the
/// code that is generated. Compared by value.
/// </summary>
public sealed record SentenceEncoding
{
    internal const int MostLayers = 4;
    internal const int LargestSize = 1 << 16;
    internal const int LongestText = 1 << 20;

    /// <summary>Gets how hidden states are pooled. Default <see cref="EmbeddingPooling.Mean"/>.</summary>
    public EmbeddingPooling Pooling { get; init; } = EmbeddingPooling.Mean;

    /// <summary>Gets the dense layers after pooling, in order. Default none.</summary>
    public EquatableArray<SentenceLayer> Layers { get; init; }

    /// <summary>Gets whether vectors are divided by their Euclidean length. Default true.</summary>
    public bool Normalize { get; init; } = true;

    /// <summary>Gets the tokens, special ones included, to which longer texts are cut; null, the default, where a text that is too long is an error.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Gets whether texts are lower-cased before the tokenizer sees them. Default false.</summary>
    public bool LowerCase { get; init; }

    /// <summary>Gets the prompts. Default none.</summary>
    public EquatableArray<SentencePrompt> Prompts { get; init; }

    /// <summary>Gets the name of the prompt that stands before every text unless another is asked for; null, the default, for none.</summary>
    public string? DefaultPrompt { get; init; }

    /// <summary>Gets whether the tokens of a prompt are pooled with those of the text. Default true.</summary>
    public bool IncludesPrompt { get; init; } = true;

    /// <summary>Gets the elements of a vector.</summary>
    /// <param name="hiddenSize">Elements of a hidden state.</param>
    public int Width(int hiddenSize) => Layers.Count > 0 ? Layers[Layers.Count - 1].Outputs : Pooler.CountModes(Pooling) * hiddenSize;

    /// <summary>Finds what stands before a text.</summary>
    /// <param name="prompt">The name of a prompt, or the words; null for the default prompt.</param>
    /// <returns>The words; empty for none.</returns>
    public string PromptText(string? prompt)
    {
        prompt ??= DefaultPrompt ?? string.Empty;
        return Prompts.FirstOrDefault(known => known.Name == prompt)?.Text ?? prompt;
    }

    /// <summary>Makes the text that the tokenizer sees.</summary>
    /// <param name="promptText">What stands before it.</param>
    /// <param name="text">The text.</param>
    public string Prepare(string promptText, string text)
    {
        ArgumentNullException.ThrowIfNull(promptText);
        ArgumentNullException.ThrowIfNull(text);
        string whole = promptText.Length == 0 ? text : promptText + text;
        return LowerCase ? whole.ToLowerInvariant() : whole;
    }

    /// <summary>Joins this with what a caller asks for.</summary>
    /// <param name="options">The caller's wishes; null for none.</param>
    /// <exception cref="ArgumentException">The pooling has no mode, or does not fit the dense layers.</exception>
    public SentenceEncoding With(EmbedOptions? options)
    {
        if (options is null)
        {
            return this;
        }

        EmbeddingPooling pooling = options.Pooling ?? Pooling;
        if (!Pooler.IsLegal(pooling))
        {
            throw new ArgumentException($"{nameof(EmbedOptions.Pooling)} is {(int)pooling}, which is no mode of pooling.", nameof(options));
        }

        if (Layers.Count > 0 && Pooler.CountModes(pooling) != Pooler.CountModes(Pooling))
        {
            throw new ArgumentException(
                $"The model's dense layer takes {Layers[0].Inputs} elements, those of {Pooling}, and {pooling} has another number.", nameof(options));
        }

        return this with { Pooling = pooling, Normalize = options.Normalize ?? Normalize };
    }

    /// <summary>Says what is wrong with a description.</summary>
    /// <param name="hiddenSize">Elements of a hidden state.</param>
    /// <returns>What was expected and what was found; null when all is well.</returns>
    internal (string Expected, string Found)? Defect(int hiddenSize)
    {
        if (!Pooler.IsLegal(Pooling))
        {
            return ("a mode of pooling", "none");
        }

        if (Layers.Count > MostLayers)
        {
            return ($"at most {MostLayers} dense layers", $"{Layers.Count}");
        }

        int inputs = Pooler.CountModes(Pooling) * hiddenSize;
        foreach (SentenceLayer layer in Layers)
        {
            if (layer.Inputs != inputs)
            {
                return ($"a dense layer of {inputs} inputs, as many as come in", $"{layer.Inputs}");
            }

            if (layer.Outputs is < 1 or > LargestSize)
            {
                return ($"1 to {LargestSize} outputs of a dense layer", $"{layer.Outputs}");
            }

            inputs = layer.Outputs;
        }

        return DefaultPrompt is null || Prompts.Any(prompt => prompt.Name == DefaultPrompt)
            ? null
            : ("a default prompt among the prompts", $"'{DefaultPrompt}'");
    }
}
