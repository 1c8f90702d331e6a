using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Microsoft.CodeAnalysis.Emit;
using QuantGen.Generators.Tests.Running;

namespace QuantGen.Generators.Tests.Limits;

/// <summary>Beyond 60,000 bytes of IL or 2,000 locals the JIT stops optimising a method; and people read generated code.</summary>
public sealed class GeneratedSizeTests
{
    private const int MostBytesOfSource = 600_000;
    private const int MostBytesOfCode = 60_000;
    private const int MostLocals = 2_000;

    [Theory]
    [InlineData("1")]
    [InlineData("1, ActivationBits = 1")]
    [InlineData("2, 128")]
    [InlineData("3, 128")]
    [InlineData("4, GroupSize = 64, Mapping = Mapping.Asymmetric, ActivationRange = ActivationRange.Static")]
    [InlineData("8")]
    [InlineData("2, 128, ActivationRange = ActivationRange.Static, AttentionBits = 8, Training = true")]
    [InlineData("32")]
    public void Bert_base_stays_far_below_what_compilers_optimise(string arguments)
    {
        GeneratorRun run = GeneratorRun.Of(TestCompilation.Create(Tiny.Source(arguments + ", Head = BertHead.SequenceClassification")));
        Assert.InRange(run.Sources.Sum(s => s.SourceText.Length), 1, MostBytesOfSource);
        using var image = new MemoryStream();
        EmitResult emitted = run.Output.Emit(image);
        Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics));
        image.Position = 0;
        using var file = new PEReader(image);
        MetadataReader metadata = file.GetMetadataReader();
        foreach (MethodDefinition method in metadata.MethodDefinitions.Select(metadata.GetMethodDefinition).Where(m => m.RelativeVirtualAddress != 0))
        {
            string name = metadata.GetString(metadata.GetTypeDefinition(method.GetDeclaringType()).Name) + "." + metadata.GetString(method.Name);
            MethodBodyBlock body = file.GetMethodBody(method.RelativeVirtualAddress);
            int locals = Locals(metadata, body);
            Assert.True(body.GetILReader().Length <= MostBytesOfCode, $"{name} has {body.GetILReader().Length} bytes");
            Assert.True(locals <= MostLocals, $"{name} has {locals} locals");
        }
    }

    private static int Locals(MetadataReader metadata, MethodBodyBlock body)
    {
        if (body.LocalSignature.IsNil)
        {
            return 0;
        }

        BlobReader signature = metadata.GetBlobReader(metadata.GetStandaloneSignature(body.LocalSignature).Signature);
        signature.ReadSignatureHeader();
        return signature.ReadCompressedInteger();
    }
}
