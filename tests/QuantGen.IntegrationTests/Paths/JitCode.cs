using System.Text.RegularExpressions;

namespace QuantGen.IntegrationTests.Paths;

/// <summary>Finds arithmetic of floats in machine code that the runtime lists under <c>DOTNET_JitDisasm</c>, in a method and all that it calls.</summary>
internal sealed partial class JitCode
{
    private const string Listing = "; Assembly listing for method ";

    private readonly Dictionary<string, List<string>> _methods = new(StringComparer.Ordinal);

    /// <summary>Reads a listing of x64 code.</summary>
    /// <param name="listing">What the runtime wrote.</param>
    public JitCode(string listing)
    {
        foreach (string method in listing.Split(Listing, StringSplitOptions.RemoveEmptyEntries).Skip(1))
        {
            int line = method.IndexOf('\n', StringComparison.Ordinal);
            string head = method[..line].TrimEnd();
            string name = Name(head[..head.LastIndexOf(" (", StringComparison.Ordinal)]);

            // A method may be compiled for several signatures or types under one short name: all of them count.
            (_methods.TryGetValue(name, out List<string>? bodies) ? bodies : _methods[name] = []).Add(ThreadField().Replace(method[line..], string.Empty));
            IsOptimized &= head.EndsWith("(FullOpts)", StringComparison.Ordinal) || head.EndsWith("(Instrumented)", StringComparison.Ordinal);
        }
    }

    /// <summary>Gets whether all of the code is what the compiler makes in the end.</summary>
    public bool IsOptimized { get; } = true;

    /// <summary>Gets the names of all methods.</summary>
    public IReadOnlyCollection<string> Methods => _methods.Keys;

    /// <summary>Follows calls from some methods.</summary>
    /// <param name="roots">Where to begin.</param>
    /// <param name="isOutside">Whether a method is not followed.</param>
    /// <returns>Methods that are called and listed, the roots included, and names of those that are called and not listed.</returns>
    public (IReadOnlySet<string> Listed, IReadOnlySet<string> Unlisted) Reachable(IEnumerable<string> roots, Func<string, bool> isOutside)
    {
        var listed = new HashSet<string>(StringComparer.Ordinal);
        var unlisted = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(roots);
        while (open.TryPop(out string? method))
        {
            if (isOutside(method))
            {
                continue;
            }

            if (!_methods.TryGetValue(method, out List<string>? bodies))
            {
                unlisted.Add(method);
            }
            else if (listed.Add(method))
            {
                foreach (string called in bodies.SelectMany(body => Call().Matches(body).Select(match => match.Groups[1].Value)))
                {
                    open.Push(Called(called));
                }
            }
        }

        return (listed, unlisted);
    }

    /// <summary>Gets the instructions of some methods that compute with floats or convert from or to them; moves and bits are none.</summary>
    /// <param name="methods">The methods.</param>
    /// <returns>Method and instruction of each.</returns>
    public IReadOnlyList<string> Floats(IEnumerable<string> methods) =>
        [.. methods.SelectMany(method => _methods[method].SelectMany(body => Float().Matches(body).Select(match => $"{method}: {match.Value.Trim()}")))];

    // Either [method], or what a register points to and perhaps which method that is: [rax+0x18]method, rax ; method.
    private static string Called(string operand)
    {
        int comment = operand.IndexOf("; ", StringComparison.Ordinal);
        Match indirect = Indirect().Match(operand);
        return Name(comment >= 0 ? operand[(comment + 2)..] : indirect.Success ? indirect.Groups[1].Value : operand.TrimStart('['));
    }

    // Without parameters, which calls and listings write differently.
    private static string Name(string text)
    {
        int end = text.IndexOf('(', StringComparison.Ordinal);
        return end < 0 ? text : text[..end];
    }

    [GeneratedRegex(@"^\s+(?:call|tail\.jmp|rex\.jmp)\s+(\S.*?)\s*$", RegexOptions.Multiline)]
    private static partial Regex Call();

    // The runtime's own routine that finds the fields of the thread at hand: who watches products is asked there.
    [GeneratedRegex(@"^\s+mov\s+r(?:di|cx), 0x[0-9A-F]+\s*\n\s+mov\s+rax, 0x[0-9A-F]+\s*\n\s+call\s+rax\s*$", RegexOptions.Multiline)]
    private static partial Regex ThreadField();

    [GeneratedRegex(@"^\[r\w+(?:[+-]\w+)*\](.*)$")]
    private static partial Regex Indirect();

    // SSE, AVX and AVX-512 by their mnemonics, those of integers begin with p behind the v; then the x87 unit.
    [GeneratedRegex(
        @"^\s+(?:v?(?:add|sub|mul|div|sqrt|min|max|rcp|rcp14|rsqrt|rsqrt14|hadd|hsub|addsub|round|rndscale|scalef|getexp|getmant|range|reduce|fixupimm|fpclass"
        + @"|cmp\w*|dp)(?:ss|sd|ps|pd)|v?u?comis[sd]|v?cvt\w+|vfn?m(?:add|sub)\w+|f[a-z]+)\s+\S.*$",
        RegexOptions.Multiline)]
    private static partial Regex Float();
}
