using System.CommandLine;
using System.Globalization;
using QuantGen.Cli.Conventions;
using QuantGen.Cli.Models;
using QuantGen.Cli.Options;
using QuantGen.Cli.Reporting;
using QuantGen.Tokenization;
using QuantGen.Training.Data;
using QuantGen.Training.Vocabularies;

namespace QuantGen.Cli.Commands;

/// <summary>Makes a WordPiece vocabulary of texts.</summary>
internal sealed class VocabularyCommand : CliCommand
{
    private readonly Option<string[]> _data;
    private readonly Option<int> _size;
    private readonly Option<int> _minFrequency;
    private readonly Option<int> _alphabet;
    private readonly Option<string?> _output;

    public VocabularyCommand(CliStreams streams)
        : base("vocabulary", "Make a lower-case WordPiece vocabulary of texts.", streams)
    {
        var defaults = new VocabularyOptions();
        _data = With(CliOption.Texts("--data", "FILE", "Data sets (.tsv) or plain texts, one a line (any other name); may name several files."));
        _data.Required = true;
        _data.AllowMultipleArgumentsPerToken = true;
        _size = With(CliOption.Number("--size", "The most pieces, the five special tokens included.", defaults.Size, least: 6, most: 1 << 24));
        _minFrequency = With(CliOption.Number("--min-frequency", "How often two pieces must stand together to become one.", defaults.MinFrequency, least: 1));
        _alphabet = With(
            CliOption.Number("--alphabet", "The most characters that have pieces; words with rarer ones are unknown.", defaults.AlphabetLimit, least: 1));
        _output = With(CliOption.Text("--output", "FILE", "The vocab.txt to write.", "-o"));
        _output.Required = true;
    }

    protected override void Execute(OptionValues values, Report report, CancellationToken cancellation)
    {
        string output = values.Get(_output)!;
        foreach (string file in values.Get(_data)!)
        {
            CheckpointFiles.RequireOther("--output", output, ("--data", file));
        }

        var options = new VocabularyOptions { Size = values.Get(_size), MinFrequency = values.Get(_minFrequency), AlphabetLimit = values.Get(_alphabet) };
        WordCounter words = Count(values.Get(_data)!, options.Tokenizer, cancellation);
        Vocabulary vocabulary = report.WithProgress("merge", progress => VocabularyTrainer.Train(words, options, progress, cancellation));
        vocabulary.Save(output);
        long total = words.Counts.Sum();
        if (report.IsJson)
        {
            report.Json(new { Output = output, Pieces = vocabulary.Count, Words = total, DistinctWords = words.Words.Count });
            return;
        }

        report.Line(string.Create(CultureInfo.InvariantCulture, $"{vocabulary.Count:N0} pieces of {total:N0} words, {words.Words.Count:N0} of them distinct"));
        if (vocabulary.Count < options.Size)
        {
            report.Line(string.Create(CultureInfo.InvariantCulture, $"no other pair of pieces occurs {options.MinFrequency} times"));
        }

        report.Line($"written to {output}");
    }

    private static WordCounter Count(string[] files, TokenizerOptions options, CancellationToken cancellation)
    {
        var words = new WordCounter(options);
        foreach (string file in files)
        {
            foreach (string text in TextFiles.Load(file))
            {
                cancellation.ThrowIfCancellationRequested();
                words.Add(text);
            }
        }

        return words;
    }
}
