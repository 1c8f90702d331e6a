using QuantGen.Probe;

// One line per probe. A test runs `QuantGen.Probe NAME ARGUMENTS...` under the environment it wants to check.
var probes = new Dictionary<string, Func<IProbe>>(StringComparer.Ordinal)
{
    ["model-bits"] = () => new ModelBitsProbe(),
    ["integer-bits"] = () => new IntegerBitsProbe(),
    ["search-bits"] = () => new SearchBitsProbe(),
    ["training-bits"] = () => new TrainingBitsProbe(),
    ["missing-library"] = () => new MissingLibraryProbe(),
    ["kernel-variable"] = () => new KernelVariableProbe(),
    ["committed-pages"] = () => new CommittedPagesProbe(),
    ["first-move"] = () => new FirstMoveProbe(),
    ["tokenize-shared"] = () => new TokenizeSharedProbe(),
};

if (args.Length == 0 || !probes.TryGetValue(args[0], out Func<IProbe>? create))
{
    Console.Error.WriteLine($"usage: QuantGen.Probe {string.Join('|', probes.Keys)} ARGUMENTS...");
    return 2;
}

create().Run(args[1..]);
return 0;
