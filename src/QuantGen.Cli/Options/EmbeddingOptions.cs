using System.CommandLine;
using QuantGen.Cli.Conventions;
using QuantGen.Graph;
using QuantGen.Sentences;
using QuantGen.Tasks;

namespace QuantGen.Cli.Options;

/// <summary>The options that say how a sentence encoder makes vectors, where it shall be otherwise than its folder or file says.</summary>
internal sealed class EmbeddingOptions
{
    private const string Given = "given";

    private readonly Option<EmbeddingPooling?> _pooling = new("--pooling")
    {
        Description = $"Sentence encoders: how hidden states become a vector, several joined by commas. One of: {SentenceNames.AllModes}. " +
            "[default: the model's, else mean]",
        HelpName = "NAME",
        CustomParser = result =>
        {
            EmbeddingPooling pooling = 0;
            foreach (string name in result.Tokens[0].Value.Split(','))
            {
                EmbeddingPooling? mode = SentenceNames.Mode(name.Trim().ToLowerInvariant().Replace('-', '_'));
                if (mode is null)
                {
                    result.AddError($"--pooling takes {SentenceNames.AllModes}, and it is '{name}'");
                    return null;
                }

                pooling |= mode.Value;
            }

            return pooling;
        },
    };

    private readonly Option<bool> _raw = new("--no-normalize") { Description = "Sentence encoders: leave vectors as long as they are." };
    private readonly Option<string?> _prompt = CliOption.Text(
        "--prompt", "NAME-OR-TEXT", "Sentence encoders: what stands before every text, by the name that the model gives it, or as it is.");

    public void AddTo(Command command)
    {
        command.Add(_pooling);
        command.Add(_raw);
        command.Add(_prompt);
    }

    /// <summary>Gets what the command line asks for; null for nothing.</summary>
    /// <param name="values">The command line.</param>
    /// <param name="head">The model's head.</param>
    /// <exception cref="UsageException">The model makes no vectors.</exception>
    public EmbedOptions? Read(OptionValues values, BertHead head)
    {
        Option? used = new Option[] { _pooling, _raw, _prompt }.FirstOrDefault(values.Has);
        return used is null ? null
            : head is BertHead.Encoder or BertHead.Embedding
                ? new EmbedOptions { Pooling = values.Get(_pooling), Normalize = values.Get(_raw) ? false : null, Prompt = values.Get(_prompt) }
                : throw new UsageException($"{used.Name} needs a sentence encoder, and this model has the head {head}");
    }

    /// <summary>Makes what is stored beside a model: its own description, and what the command line asks for.</summary>
    /// <param name="values">The command line.</param>
    /// <param name="head">The model's head.</param>
    /// <param name="own">What the model's folder says; null for nothing.</param>
    /// <param name="hiddenSize">Elements of a hidden state.</param>
    /// <exception cref="UsageException">The model makes no vectors, or the pooling does not fit its dense layers.</exception>
    public SentenceHead? Stored(OptionValues values, BertHead head, SentenceHead? own, int hiddenSize)
    {
        if (Read(values, head) is not EmbedOptions asked)
        {
            return head is BertHead.Encoder or BertHead.Embedding ? own : null;
        }

        try
        {
            SentenceHead changed = (own ?? new SentenceHead(new SentenceEncoding(), hiddenSize)).With(asked);
            return asked.Prompt is string prompt ? changed.With(Kept(changed.Encoding, prompt)) : changed;
        }
        catch (ArgumentException error)
        {
            throw new UsageException(error.Message);
        }
    }

    private static SentenceEncoding Kept(SentenceEncoding encoding, string prompt) =>
        prompt.Length == 0 ? encoding with { DefaultPrompt = null }
        : encoding.Prompts.Any(known => known.Name == prompt) ? encoding with { DefaultPrompt = prompt }
        : encoding with
        {
            Prompts = new EquatableArray<SentencePrompt>([.. encoding.Prompts.Where(known => known.Name != Given), new SentencePrompt(Given, prompt)]),
            DefaultPrompt = Given,
        };
}
