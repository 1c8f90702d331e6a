using System.Collections.Immutable;
using System.Composition;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using QuantGen.Generators.Diagnostics;

namespace QuantGen.CodeFixes;

/// <summary>Replaces an illegal number in the attribute by the nearest legal one, which the analyzer has found.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(UseNearestValueFix))]
[Shared]
public sealed class UseNearestValueFix : CodeFixProvider
{
    private static readonly ImmutableDictionary<string, string> s_titles = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [SchemeDescriptors.WeightBits.Id] = "Use {0} bits",
        [SchemeDescriptors.GroupCount.Id] = "Use the nearest legal group count {0}",
        [SchemeDescriptors.GroupSize.Id] = "Use the nearest legal group size {0}",
        [SchemeDescriptors.ActivationBits.Id] = "Use {0} bits",
        [SchemeDescriptors.EmbeddingBits.Id] = "Use {0} bits",
        [SchemeDescriptors.LayerBitsBits.Id] = "Use {0} bits",
        [SchemeDescriptors.MaxSequenceLength.Id] = "Use {0} tokens",
        [SchemeDescriptors.MaxBatchTokens.Id] = "Use {0} tokens",
    }.ToImmutableDictionary(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = s_titles.Keys.OrderBy(id => id, StringComparer.Ordinal).ToImmutableArray();

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            // The attribute as a whole is reported where an argument is missing.
            if (root?.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is ExpressionSyntax expression
                && expression.Parent is AttributeArgumentSyntax
                && diagnostic.Properties.TryGetValue(QuantizedBertAnalyzer.NearestLegalValue, out string? text)
                && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value))
            {
                string title = string.Format(CultureInfo.InvariantCulture, s_titles[diagnostic.Id], value);
                context.RegisterCodeFix(
                    CodeAction.Create(title, _ => Task.FromResult(Apply(context.Document, root, expression, value)), equivalenceKey: title),
                    diagnostic);
            }
        }
    }

    private static Document Apply(Document document, SyntaxNode root, ExpressionSyntax expression, int value)
    {
        LiteralExpressionSyntax literal = SyntaxFactory.LiteralExpression(SyntaxKind.NumericLiteralExpression, SyntaxFactory.Literal(value));
        return document.WithSyntaxRoot(root.ReplaceNode(expression, literal.WithTriviaFrom(expression)));
    }
}
