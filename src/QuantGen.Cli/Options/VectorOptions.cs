using System.CommandLine;
using QuantGen.Cli.Conventions;
using QuantGen.Execution;
using QuantGen.Tasks;
using QuantGen.Vectors;

namespace QuantGen.Cli.Options;

/// <summary>The options that say how a sentence encoder's vectors are kept.</summary>
internal sealed class VectorOptions(string formatName)
{
    private readonly Option<VectorFormat?> _format = CliOption.Choice<VectorFormat>(
        formatName, "Sentence encoders: how vectors are kept, in 32 bits an element, 8, or one, its sign.", VectorFormat.Float);

    private readonly Option<int?> _dimensions = CliOption.OptionalNumber(
        "--dimensions", "Sentence encoders: keep the first N elements of vectors and make them as long as 1 again. [default: all]", least: 1);

    public void AddTo(Command command)
    {
        command.Add(_format);
        command.Add(_dimensions);
    }

    /// <summary>Gets how vectors are kept.</summary>
    /// <exception cref="UsageException">The command line says so of a model that makes no vectors.</exception>
    public VectorFormat Format(OptionValues values, BertHead head)
    {
        Require(values, _format, head);
        return values.Get(_format) ?? VectorFormat.Float;
    }

    /// <summary>Gets to how many elements vectors are cut; null for all.</summary>
    /// <exception cref="UsageException">The model makes no vectors, or shorter ones.</exception>
    public int? Dimensions(OptionValues values, InferenceSession session, EmbedOptions? embed)
    {
        Require(values, _dimensions, session.Spec.Head);
        if (values.Get(_dimensions) is not int dimensions)
        {
            return null;
        }

        int width = session.Sentence.With(embed).Width(session.Spec.Dimensions.HiddenSize);
        return dimensions <= width
            ? dimensions
            : throw new UsageException(FormattableString.Invariant($"--dimensions is {dimensions}, and this model's vectors have {width}"));
    }

    private static void Require(OptionValues values, Option option, BertHead head)
    {
        if (values.Has(option) && head is not (BertHead.Encoder or BertHead.Embedding))
        {
            throw new UsageException($"{option.Name} needs a sentence encoder, and this model has the head {head}");
        }
    }
}
