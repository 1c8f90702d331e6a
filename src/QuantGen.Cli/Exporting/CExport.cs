using System.Globalization;
using System.Text;
using QuantGen.Files;
using QuantGen.Graph;
using QuantGen.Packed;
using QuantGen.Quantization;
using QuantGen.Specs;

namespace QuantGen.Cli.Exporting;

/// <summary>Writes a model of integers as a C99 file and its header: no float, no allocation, no library, the integers of <c>IntegerReference</c>.</summary>
internal static class CExport
{
    private static readonly UTF8Encoding s_encoding = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes both files.</summary>
    /// <param name="model">The packed file of a model of integers.</param>
    /// <param name="target">Names and bounds.</param>
    /// <param name="directory">The folder, which is there.</param>
    /// <param name="cancellation">Stops it between two steps of the model.</param>
    /// <returns>The paths of source and header.</returns>
    /// <exception cref="ModelFormatException">The model's numbers do not fit 32 bits.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static (string Source, string Header) Write(PackedModel model, CTarget target, string directory, CancellationToken cancellation)
    {
        string source = Path.Combine(directory, target.Name + ".c");
        string header = Path.Combine(directory, target.Name + ".h");
        var program = new CProgram(model.Spec);
        Save(header, to => WriteHeader(to, model, target, program));
        Save(source, to => WriteSource(to, model, target, program, cancellation));
        return (source, header);
    }

    private static void Save(string path, Action<TextWriter> write) => AtomicFile.Write(path, stream =>
    {
        using var to = new StreamWriter(stream, s_encoding, leaveOpen: true) { NewLine = "\n" };
        write(to);
    });

    private static void WriteHeader(TextWriter to, PackedModel model, CTarget target, CProgram program)
    {
        (int perToken, int once) = program.Work;
        string p = target.Prefix;
        bool hasHead = model.Spec.Graph.OutputLayer is not null;
        bool isPooled = model.Spec.Graph.IsPooled;
        int bits = hasHead ? FixedPoint.LogitBits : FixedPoint.StateBits;
        string what = hasHead ? "the head's outputs" : "hidden states";
        string names = string.Join(", ", model.Labels).Replace("*/", "* /", StringComparison.Ordinal);
        string labels = names.Length == 0 ? string.Empty : $"\n   Outputs are those of: {names}.";
        to.Write(string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            /* {{target.ModelName}}: a model of integers, written by quantgen. No floats, no allocation, nothing but a C99 compiler. */
            #ifndef {{p}}_H
            #define {{p}}_H

            #include <stddef.h>
            #include <stdint.h>

            #ifdef __cplusplus
            extern "C" {
            #endif

            /* The longest sequence, and the numbers of a result: of {{(isPooled ? "a sequence" : "each token")}}. */
            #define {{p}}_MAX_TOKENS {{target.MaxTokens}}
            #define {{p}}_OUTPUTS {{program.OutputColumns}}

            /* Results count 2^-{{p}}_FRACTION_BITS. */
            #define {{p}}_FRACTION_BITS {{bits}}

            /* How many 32-bit numbers of working memory a sequence takes. */
            #define {{p}}_WORK(tokens) ((size_t)(tokens) * {{perToken}} + {{once}})

            /* What is returned for a length below 1 or above the longest, and for an id or type that there is none of. */
            #define {{p}}_BAD_LENGTH 1
            #define {{p}}_BAD_TOKEN 2

            /* Computes {{what}} of one sequence: ids of the vocabulary, [CLS] and [SEP] included, and token types (null where the model has none).
               Returns 0; outputs holds {{p}}_OUTPUTS numbers{{(isPooled ? string.Empty : " a token")}}.{{labels}} */
            int {{target.Name}}_run(const int32_t *ids, const uint8_t *types, int32_t tokens, int32_t *work, int32_t *outputs);

            #ifdef __cplusplus
            }
            #endif

            #endif

            """).ReplaceLineEndings("\n"));
    }

    private static void WriteSource(TextWriter to, PackedModel model, CTarget target, CProgram program, CancellationToken cancellation)
    {
        ModelGraph graph = model.Spec.Graph;
        string identity = SpecJson.Sha256(SpecJson.Write(model.Spec, indented: false));
        to.Write($"/* {target.ModelName}: a model of integers, written by quantgen. Identity {identity}. */\n");
        to.Write($"#include \"{target.Name}.h\"\n\n#include <string.h>\n\n");
        foreach ((string name, int value) in CConstants.Arithmetic)
        {
            to.Write(string.Create(CultureInfo.InvariantCulture, $"#define {name} {(value < 0 ? $"({value})" : value)}\n"));
        }

        to.Write("\n" + CText.Resource("runtime.c"));
        foreach (string section in graph.Nodes.OfType<ActivationNode>().Select(node => CProgram.Function(node.Function).Section).Distinct())
        {
            to.Write("\n" + CText.Section("functions.c", section));
        }

        if (graph.OutputLayer is not null)
        {
            to.Write("\n" + CText.Section("functions.c", "output"));
        }

        to.Write("\n");
        var constants = new CConstants(model, target.MaxTokens);
        constants.Embeddings(to);
        var sites = new HashSet<string>(StringComparer.Ordinal);
        foreach (Node node in graph.Nodes)
        {
            cancellation.ThrowIfCancellationRequested();
            if (node is LinearNode { IsQuantizable: true } linear && sites.Add(linear.Site))
            {
                constants.Site(to, linear);
            }

            constants.Step(to, node);
        }

        to.Write("\n");
        program.Write(to, target);
    }
}
