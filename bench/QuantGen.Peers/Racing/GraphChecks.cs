using System.Text.Json;
using QuantGen.Cli.Models;
using QuantGen.Peers.Graphs;

namespace QuantGen.Peers.Racing;

/// <summary>Makes sure that graphs compute the model: a fast one that computes something else would be no opponent.</summary>
internal static class GraphChecks
{
    private const int Tokens = 16;

    // Trained weights have outliers, with which one scale for a matrix or a token rounds coarsely.
    private const double LeastCosine = 0.9;
    private const double MostLogitDifference = 1e-3;
    private const double LeastAgreement = 0.97;

    /// <summary>Compares the hidden states of a graph with exact ones, and two runs of it with each other.</summary>
    /// <exception cref="InvalidOperationException">They are not near, or not the same.</exception>
    public static GraphCheck Check(string name, RaceModel model, Recipe recipe)
    {
        recipe = recipe with { Mask = PaddingMask.None };
        IWeightSource weights = model.Weights();
        float[] states = Hidden(model, weights, recipe);
        double cosine = Statistics.Cosine(Hidden(model, weights, Recipes.Exact), states);

        // Few bits change a model, whoever computes it: its graph is compared with what its own weights should give.
        double? rounded = recipe.Kind == LinearKind.Blocks
            ? Statistics.Cosine(Hidden(model, new RoundedWeights(weights, model.Config, recipe), Recipes.Exact), states)
            : null;
        return (rounded ?? cosine) >= LeastCosine
            ? new GraphCheck(name, recipe, cosine, rounded)
            : throw new InvalidOperationException(FormattableString.Invariant($"{recipe}: hidden states have a cosine of {rounded ?? cosine} with exact ones"));
    }

    /// <summary>Compares all graphs with the logits and labels of a trained checkpoint.</summary>
    /// <param name="folder">A folder in the layout of Hugging Face with a <c>reference.json</c>.</param>
    /// <param name="log">Receives what is going on.</param>
    /// <exception cref="InvalidOperationException">A graph gives other labels, or one that does not round gives other logits.</exception>
    public static IReadOnlyList<Verification> Verify(string folder, Action<string> log)
    {
        using CheckpointModel model = CheckpointModel.Open(folder);
        using JsonDocument reference = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "reference.json")));
        JsonElement[] rows = [.. reference.RootElement.GetProperty("rows").EnumerateArray()];
        float[][] logits = [.. rows.Select(row => Numbers(row, "logits", number => number.GetSingle()))];
        IReadOnlyList<Sequence>[] batches =
        [
            .. rows.Select(row => new[]
            {
                new Sequence(Numbers(row, "input_ids", number => number.GetInt32()), Numbers(row, "token_type_ids", number => number.GetInt32())),
            }),
        ];
        Recipe[] recipes = [.. Recipes.Masked([Recipes.Exact]), .. Enum.GetValues<PeerKind>().SelectMany(Recipes.Of)];
        log(FormattableString.Invariant($"comparing {recipes.Length} graphs with the reference of a checkpoint"));
        return [.. recipes.Select(recipe => Verify(model, recipe, batches, logits))];
    }

    private static Verification Verify(CheckpointModel model, Recipe recipe, IReadOnlyList<IReadOnlyList<Sequence>> batches, float[][] logits)
    {
        using var session = PeerSession.Load(model.Config, new CheckpointWeights(model.Checkpoint), recipe, GraphOutput.Logits, 1, batches);
        IReadOnlyList<float[]> outputs = session.Outputs();
        double difference = outputs.Zip(logits, Statistics.LargestDifference).Max();
        double agreement = outputs.Zip(logits, (a, b) => Statistics.IndexOfLargest(a) == Statistics.IndexOfLargest(b) ? 1.0 : 0).Average();
        bool isNear = recipe.Kind == LinearKind.Float ? difference <= MostLogitDifference : recipe.Bits <= 2 || agreement >= LeastAgreement;
        return isNear
            ? new Verification(recipe, difference, agreement, logits.Length)
            : throw new InvalidOperationException(
                FormattableString.Invariant($"{recipe}: logits differ by {difference} from the reference, and {agreement} of the labels are the same"));
    }

    private static T[] Numbers<T>(JsonElement row, string name, Func<JsonElement, T> read) => [.. row.GetProperty(name).EnumerateArray().Select(read)];

    private static float[] Hidden(RaceModel model, IWeightSource weights, Recipe recipe)
    {
        Sequence text = Sequence.OfLength(Tokens, model.Config.VocabularySize);
        using var session = PeerSession.Load(model.Config, weights, recipe, GraphOutput.Hidden, threads: 1, [[text]]);
        float[] states = session.Outputs()[0];
        return states.AsSpan().SequenceEqual(session.Outputs()[0])
            ? states
            : throw new InvalidOperationException($"{recipe}: two runs of a graph give different numbers");
    }
}
