using QuantGen.Tasks;
using QuantGen.Training.Data;

namespace QuantGen.Cli.Data;

/// <summary>Reads what a file has to be answered, whatever it is labelled with.</summary>
internal static class PlainData
{
    /// <summary>Reads the texts, pairs or questions of a file.</summary>
    public static IReadOnlyList<TextInput> Load(string file, TableOptions table)
    {
        if (TaskData.HasQuestions(file))
        {
            return [.. SquadDataset.Load(file, needsAnswers: false).Questions.Select(question => new TextInput(question.Question, question.Context))];
        }

        if (Path.GetExtension(file).Equals(".txt", StringComparison.OrdinalIgnoreCase))
        {
            return [.. TextFiles.Load(file).Select(text => new TextInput(text))];
        }

        return [.. TsvDataset.Load(file, table with { LeavesLabels = true }).Rows.Select(row => new TextInput(row.Text, row.Pair))];
    }
}
