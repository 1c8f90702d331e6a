using QuantGen.Specs;
using QuantGen.Tokenization;
using QuantGen.Training.Batching;
using QuantGen.Training.Evaluation;
using QuantGen.Training.PostTraining.Solving;
using QuantGen.Training.Randomness;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Makes texts for the steps that follow, of the model alone (after DSG).</summary>
/// <remarks>
/// Zhang et al., CVPR 2021, for encoders: word embeddings of random tokens move until the outputs of the normalizations between layers have the statistics
/// that their parameters speak of, with slack, and a classifier sees labels drawn at random; then the nearest tokens take their place.
/// </remarks>
/// <param name="values">The settings.</param>
internal sealed class DataFreeStep(StepValues values) : IRecipeStep
{
    private const int TokensAtOnce = 4096;

    private readonly int _texts = values.GetWhole("texts");
    private readonly int _length = values.GetWhole("length");
    private readonly int _samples = values.GetWhole("batch");
    private readonly ulong _seed = (ulong)values.GetWhole("seed");

    /// <summary>What the step may be told.</summary>
    public static StepOption[] Options { get; } =
    [
        new("texts", 128, 1, 1e6, IsWhole: true), new("length", 24, 4, 512, IsWhole: true), new("batch", 32, 1, 1024, IsWhole: true),
        .. SyntheticTexts.Options, new("seed", 42, 0, int.MaxValue, IsWhole: true),
    ];

    public void Run(RecipeState state, IProgress<double>? progress, CancellationToken cancellation)
    {
        int length = Math.Min(_length, state.Target.Dimensions.MaxPositions);
        BertTokenizer tokenizer = state.Options.Tokenizer;
        bool[] isWord = Words(tokenizer, state.Target.Dimensions.VocabularySize);
        float[] table = state.Weights.Read(PackedLayout.WordEmbedding + ".weight");
        using var texts = new SyntheticTexts(state, (_samples, length), table, new WordDraw(Frequent(tokenizer, isWord)), isWord, values, cancellation);
        var examples = new List<Example>();
        int batches = (_texts + _samples - 1) / _samples;
        for (int batch = 0; batch < batches; batch++)
        {
            int before = batch;
            var random = new RandomSequence(_seed, RandomPlace.Texts, (ulong)batch);
            int[] words = texts.Make(ref random, share => progress?.Report((before + share) / batches), cancellation);
            for (int sample = 0; sample < _samples && examples.Count < _texts; sample++)
            {
                examples.Add(new Example([.. words.AsSpan(sample * length, length)], new byte[length]));
            }
        }

        state.SetBatches([.. RowBatch.Group(Enumerable.Range(0, examples.Count), i => examples[i], TokensAtOnce)]);
    }

    // Single characters come first in vocabularies, however rare they are.
    private static int[] Frequent(BertTokenizer tokenizer, bool[] isWord)
    {
        int[] words = [.. Enumerable.Range(0, isWord.Length).Where(id => isWord[id])];
        int[] longer = [.. words.Where(id => id < tokenizer.Vocabulary.Count && tokenizer.Vocabulary.GetPiece(id).Length > 1)];
        return longer.Length > 0 ? longer : words;
    }

    // Pieces in brackets stand for something else than text.
    private static bool[] Words(BertTokenizer tokenizer, int rows)
    {
        bool[] isWord = new bool[rows];
        for (int id = 0; id < tokenizer.Vocabulary.Count; id++)
        {
            string piece = tokenizer.Vocabulary.GetPiece(id);
            isWord[id] = !(piece.StartsWith('[') && piece.EndsWith(']') && piece.Length > 2) && !HiddenTokens.IsSpecial(id, tokenizer);
        }

        return isWord;
    }
}
