using QuantGen.Specs;
using QuantGen.Tokenization;
using QuantGen.Training.Batching;
using QuantGen.Training.Data;
using QuantGen.Training.Evaluation;

namespace QuantGen.Cli.Data;

/// <summary>A file of examples of one task.</summary>
internal abstract class TaskData
{
    /// <summary>Gets the file's name as it was given.</summary>
    public abstract string File { get; }

    /// <summary>Gets the head that the examples ask for.</summary>
    public abstract BertHead Head { get; }

    /// <summary>Gets or sets the names of the model's classes; null where it has none.</summary>
    public IReadOnlyList<string>? Labels { get; set; }

    /// <summary>Gets the classes that the examples have: names, or one more than the largest index; none where they have no classes.</summary>
    public virtual IReadOnlyList<string> Classes => [];

    /// <summary>Gets whether labels are names of classes, as -1 and 1 or words are, and not their indexes.</summary>
    public virtual bool HasNames => false;

    /// <summary>Gets whether labels are words.</summary>
    public virtual bool HasWords => false;

    /// <summary>Gets whether any number of classes may hold for an example.</summary>
    public virtual bool HasManyLabels => false;

    /// <summary>Gets the examples of a step when nothing else is said.</summary>
    public virtual int DefaultBatch => 32;

    /// <summary>Gets the length to which texts are cut when nothing else is said.</summary>
    public virtual int DefaultMaxLength => 128;

    /// <summary>Reads a file: <c>.json</c> has questions, one with a word and its tag a line (CoNLL) tagged sentences, any other <c>.txt</c> lines of text,
    /// anything else rows below a header line.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static TaskData Open(string file, TableOptions? table = null)
    {
        if (!System.IO.File.Exists(file))
        {
            throw new FileNotFoundException($"{file}: no such file");
        }

        return Path.GetExtension(file).ToLowerInvariant() switch
        {
            _ when HasQuestions(file) => new QuestionData(file),
            _ when TaggedText.IsFile(file) => new TagData(file),
            ".txt" => new LineData(file),
            _ => new RowData(file, table),
        };
    }

    /// <summary>Says whether a file, by its name, has questions.</summary>
    public static bool HasQuestions(string file) => Path.GetExtension(file).Equals(".json", StringComparison.OrdinalIgnoreCase);

    /// <summary>Says whether a model with this head can learn from the examples.</summary>
    public virtual bool Fits(BertHead head) => head == Head;

    /// <summary>Encodes the examples to learn from them.</summary>
    public abstract BatchSource Source(BertTokenizer tokenizer, ModelSpec spec, int maxLength, int batch, ulong seed, CancellationToken cancellation);

    /// <summary>Encodes the examples to measure a model on them.</summary>
    public abstract IModelEvaluator Evaluator(BertTokenizer tokenizer, ModelSpec spec, int maxLength, int batch, int threads, CancellationToken cancellation);
}
