using System.Diagnostics.CodeAnalysis;
using QuantGen.Execution;
using QuantGen.Packed;
using QuantGen.Specs;
using QuantGen.TestModels.Models;

namespace QuantGen.TestModels;

/// <summary>One of the small models and the code generated for it.</summary>
public sealed class TestModel
{
    private const string ByName = "Types are found by their names; no test is trimmed.";
    private readonly Type _class;
    private readonly Func<string, LoadOptions?, InferenceSession> _load;

    private TestModel(Type type, ModelSpec spec, Func<string, LoadOptions?, InferenceSession> load)
    {
        _class = type;
        _load = load;
        Spec = spec;
    }

    /// <summary>Gets all models: every width, mapping, grouping, range, activation function and head, of all architectures.</summary>
    public static IReadOnlyList<TestModel> All { get; } =
    [
        Of<Bert1>(model => model.Session),
        Of<Bert1Layers>(model => model.Session),
        Of<Bert1E1>(model => model.Session),
        Of<Bert1E1P8>(model => model.Session),
        Of<Bert1E1Masked>(model => model.Session),
        Of<Bert1GroupSize>(model => model.Session),
        Of<Bert1A1>(model => model.Session),
        Of<Bert1Boolean>(model => model.Session),
        Of<BertRelu1A1>(model => model.Session),
        Of<Albert1A1>(model => model.Session),
        Of<BertPairs>(model => model.Session),
        Of<BertPairsE1>(model => model.Session),
        Of<BertPairsE1Masked>(model => model.Session),
        Of<BertPairs1A1>(model => model.Session),
        Of<Bert2>(model => model.Session),
        Of<Bert2GroupSize>(model => model.Session),
        Of<Bert2Asymmetric>(model => model.Session),
        Of<Bert2Lsq>(model => model.Session),
        Of<Bert3>(model => model.Session),
        Of<Bert3Asymmetric>(model => model.Session),
        Of<Bert4>(model => model.Session),
        Of<Bert4Asymmetric>(model => model.Session),
        Of<Bert4Static>(model => model.Session),
        Of<Bert4Masked>(model => model.Session),
        Of<Bert4Ternary>(model => model.Session),
        Of<Bert5>(model => model.Session),
        Of<Bert6>(model => model.Session),
        Of<Bert6Asymmetric>(model => model.Session),
        Of<Bert7>(model => model.Session),
        Of<Bert7GroupSize>(model => model.Session),
        Of<Bert8>(model => model.Session),
        Of<Bert8Asymmetric>(model => model.Session),
        Of<Bert32>(model => model.Session),
        Of<Bert32Masked>(model => model.Session),
        Of<BertRelu>(model => model.Session),
        Of<BertSilu>(model => model.Session),
        Of<BertQuickGelu>(model => model.Session),
        Of<BertGeluTanh>(model => model.Session),
        Of<BertLayerBits>(model => model.Session),
        Of<BertMixed>(model => model.Session),
        Of<Bert1KMeans>(model => model.Session),
        Of<Bert3KMeans>(model => model.Session),
        Of<Bert4Clusters>(model => model.Session),
        Of<Bert5KMeans>(model => model.Session),
        Of<BertCodebookMixed>(model => model.Session),
        Of<Albert2>(model => model.Session),
        Of<Albert2KMeans>(model => model.Session),
        Of<Albert4Masked>(model => model.Session),
        Of<Albert3Lsq>(model => model.Session),
        Of<Albert4Static>(model => model.Session),
        Of<Albert1P8Pairs>(model => model.Session),
        Of<Albert32>(model => model.Session),
        Of<DistilBert4>(model => model.Session),
        Of<DistilBert32P8>(model => model.Session),
        Of<Electra3P8KMeans>(model => model.Session),
        Of<Electra4>(model => model.Session),
        Of<Bert6Factors>(model => model.Session),
        Of<Electra8Factors>(model => model.Session),
        Of<Bert8Integer>(model => model.Session),
        Of<Bert2Integer>(model => model.Session),
        Of<Bert4Integer>(model => model.Session),
        Of<BertMixedInteger>(model => model.Session),
        Of<DistilBert5Integer>(model => model.Session),
        Of<Electra6Integer>(model => model.Session),
        Of<Bert8Rounded>(model => model.Session),
        Of<Bert2Rounded>(model => model.Session),
        Of<BertMixedRounded>(model => model.Session),
        Of<DistilBert5Rounded>(model => model.Session),
        Of<Electra4Rounded>(model => model.Session),
    ];

    /// <summary>Gets the name of the annotated class.</summary>
    public string Name => _class.Name;

    /// <summary>Gets the model.</summary>
    public ModelSpec Spec { get; }

    /// <summary>Gets the generated program itself.</summary>
    public IEncoderProgram Program
    {
        [RequiresUnreferencedCode(ByName)]
        get => (IEncoderProgram)Activator.CreateInstance(_class.Assembly.GetType($"{_class.Namespace}.QuantGenerated.{_class.Name}Program")!)!;
    }

    /// <summary>Finds a model by its name.</summary>
    public static TestModel Named(string name) => All.Single(model => model.Name == name);

    /// <summary>Gets every annotated class here, with those that only tests of training use.</summary>
    public static IEnumerable<Type> Types
    {
        [RequiresUnreferencedCode(ByName)]
        get =>
            typeof(TestModel).Assembly.GetTypes().Where(type =>
            type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IQuantizedModel<>)));
    }

    /// <summary>Gets the kernels that the generator emitted for all of them together.</summary>
    public static IEnumerable<Type> Kernels
    {
        [RequiresUnreferencedCode(ByName)]
        get => typeof(TestModel).Assembly.GetTypes().Where(type => type.Namespace == "QuantGen.Generated.Kernels" && !type.IsNested);
    }

    /// <summary>Finds a kernel by its name, such as <c>W2</c>.</summary>
    [RequiresUnreferencedCode(ByName)]
    public static Type Kernel(string name) => Kernels.Single(kernel => kernel.Name == name);

    /// <summary>Makes random weights, writes them to disk and loads them as a user would.</summary>
    public InferenceSession Load(int seed = 1, LoadOptions? options = null) => Load(RandomWeights.For(Spec, seed), options);

    /// <summary>Writes weights to disk and loads them as a user would.</summary>
    public InferenceSession Load(PackedModel weights, LoadOptions? options = null)
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("quantgen-").FullName, Name + ".qg.safetensors");
        try
        {
            weights.Save(path);
            return _load(path, options);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    private static TestModel Of<T>(Func<T, InferenceSession> session)
        where T : IQuantizedModel<T> => new(typeof(T), T.Spec, (path, options) => session(T.Load(path, options)));
}
