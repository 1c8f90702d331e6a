namespace QuantGen.Samples.Search;

/// <summary>Makes texts vectors of 384 elements whose products say how near their meanings are.</summary>
/// <remarks>
/// This is all-MiniLM-L6-v2 with weights and word embeddings of 2 bits and activations of 8, those of attention included: 90.9 MB became 6.9. README shows
/// the command that made the packed file, and NOTICE says whose weights they were.
/// </remarks>
[QuantizedBert(Spec = "minilm.spec.json", MaxSequenceLength = 256)]
public sealed partial class MiniLm;
