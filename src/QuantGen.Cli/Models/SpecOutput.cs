using System.Text;
using QuantGen.Files;
using QuantGen.Graph;
using QuantGen.Packed;
using QuantGen.Specs;

namespace QuantGen.Cli.Models;

/// <summary>The spec file beside a packed file: what an annotated class names.</summary>
internal static class SpecOutput
{
    /// <summary>What the names of packed files end in.</summary>
    public const string PackedExtension = ".qg.safetensors";

    /// <summary>Gets the path of the spec file of a packed file: <c>x.qg.safetensors</c> has <c>x.spec.json</c>.</summary>
    public static string PathFor(string packed)
    {
        string extension = packed.EndsWith(PackedExtension, StringComparison.OrdinalIgnoreCase) ? PackedExtension : Path.GetExtension(packed);
        return packed[..^extension.Length] + SpecFile.Extension;
    }

    /// <summary>Describes a packed model.</summary>
    public static SpecFile Of(PackedModel model) => new(model.Spec, new EquatableArray<string>(model.Labels), model.Recipe)
    {
        Ensemble = model.Ensemble,
    };

    /// <summary>Saves a packed model and its spec file.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The packed file.</param>
    /// <param name="cancellation">Stops the work; then no file is left.</param>
    public static void Save(PackedModel model, string path, CancellationToken cancellation = default)
    {
        model.Save(path, cancellation);
        AtomicFile.Write(PathFor(path), stream => stream.Write(Encoding.UTF8.GetBytes(Of(model).Write())));
    }
}
