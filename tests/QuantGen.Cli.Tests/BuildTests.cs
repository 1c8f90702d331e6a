using System.Reflection;
using System.Runtime.Loader;
using System.Text.Json;
using QuantGen.Execution;
using QuantGen.Tasks;

namespace QuantGen.Cli.Tests;

public sealed class BuildTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    [Fact]
    public void Assembly_classifies_as_the_tool_does()
    {
        string output = files.File("out");
        JsonElement json = Tool.Json("build", files.Checkpoint, "-o", output, "--bits", "4", "--groups", "8");
        string assembly = json.GetProperty("assembly").GetString()!;
        Assert.Equal(Path.Combine(output, "TinyBertModel.dll"), assembly);
        Assert.Equal(new FileInfo(assembly).Length, json.GetProperty("bytes").GetInt64());
        Assert.Equal(0, json.GetProperty("source_files").GetArrayLength());

        // The same options gave the fixture's file.
        Assert.Equal(File.ReadAllBytes(files.Packed), File.ReadAllBytes(json.GetProperty("model").GetString()!));
        object model = Load(assembly, "TinyBert.TinyBertModel", json.GetProperty("model").GetString()!);
        using var owner = (IDisposable)model;
        System.Reflection.MethodInfo classify = model.GetType().GetMethod("Classify", [typeof(string), typeof(string), typeof(CallOptions)])!;
        var prediction = (Prediction)classify.Invoke(model, ["a very good film", null, null])!;
        JsonElement run = Tool.Json("run", files.Packed, "--text", "a very good film")[0];
        Assert.Equal(run.GetProperty("label").GetString(), prediction.Label);
        Assert.Equal(run.GetProperty("logits").EnumerateArray().Select(logit => logit.GetSingle()), prediction.Logits);
    }

    [Fact]
    public void Assembly_can_be_compiled_against()
    {
        string output = files.File("references");
        Tool.Text("build", files.Packed, "-o", output, "--class", "Sentiment", "--namespace", "Films.Reviews", "--max-sequence-length", "16");
        Assembly assembly = new Context().LoadFromAssemblyPath(Path.Combine(output, "Sentiment.dll"));
        Assert.NotNull(assembly.GetType("Films.Reviews.Sentiment"));
        Assert.DoesNotContain(assembly.GetReferencedAssemblies(), reference => reference.Name == "System.Private.CoreLib");
        Assert.Contains(assembly.GetReferencedAssemblies(), reference => reference.Name == "System.Runtime");
    }

    [Fact]
    public void Source_is_the_project_of_the_assembly()
    {
        string output = files.File("source");
        JsonElement json = Tool.Json("build", files.Checkpoint, "-o", output, "--bits", "2", "--layer-bits", "pooler.dense=8", "--source");
        string[] written = [.. json.GetProperty("source_files").EnumerateArray().Select(file => file.GetString()!)];
        Assert.All(written, file => Assert.True(File.Exists(file), file));
        string project = Path.Combine(output, "TinyBertModel");
        Assert.Contains(Path.Combine(project, "TinyBertModel.csproj"), written);
        Assert.Contains(Path.Combine(project, "TinyBertModel.spec.json"), written);
        Assert.True(File.Exists(Path.Combine(output, "TinyBertModel.spec.json")));
        Assert.Contains(Path.Combine(project, "generated", "TinyBert.TinyBertModel.Model.g.cs"), written);
        Assert.Contains(
            "[QuantizedBert(Spec = \"TinyBertModel.spec.json\", MaxSequenceLength = 24, MaxBatchTokens = 4096)]\npublic sealed partial class TinyBertModel;",
            File.ReadAllText(Path.Combine(project, "TinyBertModel.cs")));
        Assert.Contains("<AdditionalFiles Include=\"TinyBertModel.spec.json\" />", File.ReadAllText(Path.Combine(project, "TinyBertModel.csproj")));
    }

    private static object Load(string assembly, string className, string packed)
    {
        Type type = new Context().LoadFromAssemblyPath(assembly).GetType(className)!;
        Assert.True(type.IsPublic);
        return type.GetMethod("Load", [typeof(string), typeof(LoadOptions)])!.Invoke(null, [packed, null])!;
    }

    private sealed class Context : AssemblyLoadContext
    {
        protected override Assembly? Load(AssemblyName assemblyName) => assemblyName.Name == "QuantGen" ? typeof(InferenceSession).Assembly : null;
    }
}
