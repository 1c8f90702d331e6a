using QuantGen.Tasks;
using QuantGen.Vectors;

namespace QuantGen.Training.Evaluation;

/// <summary>How a data set is evaluated. None of it changes a result, <see cref="MaxLength"/> and what is said of vectors excepted.</summary>
public sealed record EvaluationOptions
{
    /// <summary>
    /// Gets the tokens, special ones included, to which longer texts are truncated; null, the default, makes a text that is too long an error.
    /// </summary>
    public int? MaxLength { get; init; }

    /// <summary>Gets the most tokens that are computed together; at least one row always is. Default 4096.</summary>
    public int BatchTokens { get; init; } = 4096;

    /// <summary>
    /// Gets the seed of an order in which rows are computed; null, the default, for the file's order. Results are in the file's order either way.
    /// </summary>
    public int? ShuffleSeed { get; init; }

    /// <summary>Gets the most threads; null, the default, for those the session was loaded with.</summary>
    public int? Threads { get; init; }

    /// <summary>Gets the probability from which on a label holds, where any number may. Default 0.5.</summary>
    public double Threshold { get; init; } = 0.5;

    /// <summary>Gets how a sentence encoder makes vectors; null, the default, as its file says.</summary>
    public EmbedOptions? Embed { get; init; }

    /// <summary>Gets how a sentence encoder's vectors are kept before their cosines are taken. Default <see cref="VectorFormat.Float"/>.</summary>
    public VectorFormat Vectors { get; init; }

    /// <summary>Gets to how many elements a sentence encoder's vectors are cut; null, the default, for all.</summary>
    public int? Dimensions { get; init; }

    /// <summary>Gets who is told how many of the rows are done, from 0 to 1. Default nobody.</summary>
    public IProgress<double>? Progress { get; init; }

    /// <summary>Lists the rows in the order in which they are computed.</summary>
    internal int[] Order(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        if (ShuffleSeed is int seed)
        {
            new Random(seed).Shuffle(order);
        }

        return order;
    }
}
