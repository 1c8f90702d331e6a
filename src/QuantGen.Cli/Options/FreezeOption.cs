using System.CommandLine;
using QuantGen.Cli.Conventions;
using QuantGen.Specs;
using QuantGen.Trainable;

namespace QuantGen.Cli.Options;

/// <summary>The option that says which parts of a model stay as they are.</summary>
internal sealed class FreezeOption
{
    private readonly Option<string?> _parts = CliOption.Text(
        "--freeze", "PARTS",
        "What stays as it begins, joined by commas: embeddings, layers from 0 on (2 or 0-3), pooler, head (all behind the layers but the pooler). No work is " +
            "done for it. [default: nothing]");

    public void AddTo(Command command) => command.Add(_parts);

    /// <summary>Reads the parts; null where nothing stays.</summary>
    /// <param name="values">The command line.</param>
    /// <param name="spec">What is trained.</param>
    /// <exception cref="UsageException">The model has no such parts, or no others.</exception>
    public FrozenParts? Read(OptionValues values, ModelSpec spec)
    {
        if (values.Get(_parts) is not string text)
        {
            return null;
        }

        try
        {
            return FrozenParts.Parse(text, spec);
        }
        catch (FormatException error)
        {
            throw new UsageException($"{_parts.Name} {text}: {error.Message}");
        }
    }

    /// <summary>Refuses to keep what begins at random.</summary>
    /// <param name="parts">The parts; null for none.</param>
    /// <param name="random">The parameters that do.</param>
    /// <exception cref="UsageException">A part has one of them.</exception>
    public void RequireStart(FrozenParts? parts, IEnumerable<string> random)
    {
        if (parts is not null && random.FirstOrDefault(parts.Contains) is string name)
        {
            throw new UsageException($"{_parts.Name} {parts}: '{name}' starts at random, and would stay so");
        }
    }

    /// <summary>Freezes the parts of models.</summary>
    /// <param name="parts">The parts; null for none.</param>
    /// <param name="scheme">How they are quantized; full precision has nothing that could be refused.</param>
    /// <param name="models">The models; null for one that there is not.</param>
    /// <exception cref="UsageException">The scheme learns something there.</exception>
    public void Freeze(FrozenParts? parts, string scheme, params ITrainableModel?[] models)
    {
        try
        {
            foreach (ITrainableModel model in models.OfType<ITrainableModel>())
            {
                parts?.Freeze(model);
            }
        }
        catch (ArgumentException error)
        {
            string reason = error.Message.Replace($" (Parameter '{error.ParamName}')", string.Empty, StringComparison.Ordinal);
            throw new UsageException($"{_parts.Name} {parts} and --scheme {scheme} exclude each other: {reason}");
        }
    }
}
