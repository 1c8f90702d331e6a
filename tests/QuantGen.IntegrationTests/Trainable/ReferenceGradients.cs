using System.Text.Json;
using QuantGen.Tests;
using QuantGen.Trainable;

namespace QuantGen.IntegrationTests.Trainable;

/// <summary>The shared reference: a small BERT whose traces, losses and gradients an automatic differentiator computed in double precision.</summary>
internal sealed class ReferenceGradients
{
    private readonly JsonElement _root;

    private ReferenceGradients(JsonElement root) => _root = root;

    public static ReferenceGradients Load()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Path("vectors/bert_reference.json")));
        return new ReferenceGradients(document.RootElement.Clone());
    }

    public int[] Labels => [.. _root.GetProperty("labels").EnumerateArray().Select(l => l.GetInt32())];

    public TrainingBatch Batch()
    {
        int[][] ids = [.. _root.GetProperty("input_ids").EnumerateArray().Select(s => s.EnumerateArray().Select(i => i.GetInt32()).ToArray())];
        byte[] types = [.. _root.GetProperty("token_type_ids").EnumerateArray().SelectMany(s => s.EnumerateArray()).Select(t => t.GetByte())];
        var starts = new List<int> { 0 };
        foreach (int[] sequence in ids)
        {
            starts.Add(starts[^1] + sequence.Length);
        }

        return new TrainingBatch([.. ids.SelectMany(s => s)], types, [.. starts]);
    }

    /// <summary>Fills the parameters of a model with those of the teacher or the student.</summary>
    public void Fill(ITrainableModel model, string whose)
    {
        Dictionary<string, double[]> values = Tensors(_root.GetProperty(whose));
        foreach (Parameter parameter in model.Parameters)
        {
            if (values.TryGetValue(parameter.Name, out double[]? tensor))
            {
                Assert.Equal(tensor.Length, parameter.Values.Length);
                for (int i = 0; i < tensor.Length; i++)
                {
                    parameter.Values[i] = (float)tensor[i];
                }

                values.Remove(parameter.Name);
            }
        }

        Assert.Empty(values.Keys);
    }

    /// <summary>Gets the numbers of one case: <c>hidden</c> and <c>scores</c> per layer, <c>logits</c>.</summary>
    public (double[][] Hidden, double[][] Scores, double[] Logits) Trace(string name)
    {
        JsonElement c = _root.GetProperty(name);
        return (PerLayer(c, "hidden"), PerLayer(c, "scores"), Flat(c.GetProperty("logits")));
    }

    public double Loss(string name, string part) => _root.GetProperty(name).GetProperty("losses").GetProperty(part).GetDouble();

    public double Loss(string name) => _root.GetProperty(name).GetProperty("loss").GetDouble();

    public Dictionary<string, double[]> Gradients(string name) => Tensors(_root.GetProperty(name).GetProperty("gradients"));

    /// <summary>Gets thresholds or their gradients, under the names that parameters have here.</summary>
    public Dictionary<string, double> Thresholds(string name, string property) => _root.GetProperty(name).GetProperty(property).EnumerateObject()
        .ToDictionary(p => ThresholdName(p.Name), p => p.Value.GetDouble());

    private static string ThresholdName(string name)
    {
        string[] parts = name.Split(':');
        string canonical = Canonical(parts[1]);
        return parts[0] == "weight" ? canonical + "_alpha" : canonical.Replace("attention.input", "attention.self", StringComparison.Ordinal) + ".alpha";
    }

    private static string Canonical(string name) => name.StartsWith("bert.", StringComparison.Ordinal) ? name["bert.".Length..] : name;

    private static double[][] PerLayer(JsonElement c, string property) => [.. c.GetProperty(property).EnumerateArray().Select(Flat)];

    private static Dictionary<string, double[]> Tensors(JsonElement element) =>
        element.EnumerateObject().ToDictionary(p => Canonical(p.Name), p => Flat(p.Value));

    private static double[] Flat(JsonElement element) => element.ValueKind == JsonValueKind.Array
        ? [.. element.EnumerateArray().SelectMany(Flat)]
        : [element.GetDouble()];
}
