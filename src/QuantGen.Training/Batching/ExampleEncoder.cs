using QuantGen.Sentences;
using QuantGen.Specs;
using QuantGen.Tokenization;
using QuantGen.Training.Data;

namespace QuantGen.Training.Batching;

/// <summary>Turns rows of data into examples.</summary>
public static class ExampleEncoder
{
    /// <summary>Encodes labelled sentences or pairs for a classifier or a regression.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="file">What messages call the data.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="spec">The model, which says what labels are.</param>
    /// <param name="maxLength">The tokens, special ones included, to which longer rows are cut, the longer text first.</param>
    /// <param name="labels">The names of the model's classes; null for LABEL_0 and so on.</param>
    /// <param name="cancellation">Stops the work between two rows.</param>
    /// <exception cref="DataFormatException">Rows lack labels, or a label is no class of the model.</exception>
    public static Example[] FromRows(
        TsvDataset data, string file, BertTokenizer tokenizer, ModelSpec spec, int maxLength, IReadOnlyList<string>? labels = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(spec);
        RequireLabels(data, file);
        if (spec.Head == BertHead.Regression)
        {
            RequireNumbers(data, file);
        }

        labels ??= [.. Enumerable.Range(0, spec.OutputCount).Select(i => FormattableString.Invariant($"LABEL_{i}"))];
        int[][]? many = data.HasManyLabels ? ClassLabels.AllOf(data, labels, file) : null;
        int[]? classes = spec.Head == BertHead.Regression || data.HasManyLabels ? null : ClassLabels.Of(data, labels, file);

        var options = new EncodeOptions { MaxLength = maxLength, Truncation = Truncation.LongestFirst };
        var examples = new Example[data.Rows.Count];
        for (int row = 0; row < examples.Length; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            TsvRow text = data.Rows[row];
            EncodedText encoding = tokenizer.Encode(text.Text, text.Pair, options);
            examples[row] = Of(encoding) with { Label = classes?[row] ?? text.LabelValue, Classes = many?[row] };
        }

        return examples;
    }

    /// <summary>Encodes texts without labels, such as lines of a corpus; those without a word are left out.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="maxLength">The tokens, special ones included, to which longer texts are cut.</param>
    /// <param name="cancellation">Stops the work between two texts.</param>
    public static Example[] FromTexts(IEnumerable<string> texts, BertTokenizer tokenizer, int maxLength, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(tokenizer);
        var options = new EncodeOptions { MaxLength = maxLength, Truncation = Truncation.LongestFirst };
        var examples = new List<Example>();
        foreach (string text in texts)
        {
            cancellation.ThrowIfCancellationRequested();
            EncodedText encoding = tokenizer.Encode(text, null, options);
            if (encoding.Length > 2)
            {
                examples.Add(Of(encoding));
            }
        }

        return [.. examples];
    }

    /// <summary>Encodes texts for a sentence encoder, each one example, whatever it holds.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="task">What stands before them.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="maxLength">The tokens, special ones included, to which longer texts are cut.</param>
    /// <param name="cancellation">Stops the work between two texts.</param>
    public static Example[] FromSentences(
        IEnumerable<string> texts, SentenceTask task, BertTokenizer tokenizer, int maxLength, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(tokenizer);
        var options = new EncodeOptions { MaxLength = maxLength, Truncation = Truncation.LongestFirst };
        return
        [
            .. texts.Select(text =>
            {
                cancellation.ThrowIfCancellationRequested();
                return Of(tokenizer.Encode(task.Prepare(text), null, options));
            }),
        ];
    }

    /// <summary>Requires that rows have labels.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="file">What messages call the data.</param>
    /// <exception cref="DataFormatException">Rows lack labels.</exception>
    public static void RequireLabels(TsvDataset data, string file)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (!data.HasLabels)
        {
            throw new DataFormatException(file, 1, "a column 'label'", "none");
        }
    }

    /// <summary>Requires that labels are numbers.</summary>
    /// <param name="data">The rows, which have labels.</param>
    /// <param name="file">What messages call the data.</param>
    /// <exception cref="DataFormatException">They are words.</exception>
    public static void RequireNumbers(TsvDataset data, string file)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.HasWords || data.HasManyLabels)
        {
            throw new DataFormatException(file, 2, "a finite number as label", $"'{data.Rows[0].Label}'");
        }
    }

    internal static Example Of(EncodedText encoding) => new(encoding.Ids.ToArray(), encoding.TypeIds.ToArray());
}
