namespace QuantGen.Benchmarks.Models;

// Only their kernels are called: one class for every width, and every kernel of an instruction set is that of its width.

/// <summary>Has 1-bit weights.</summary>
[QuantizedBert(bits: 1, Config = "base.json")]
public sealed partial class BertBase1;

/// <summary>Has 1-bit weights that meet 1-bit activations.</summary>
[QuantizedBert(bits: 1, Config = "base.json", ActivationBits = 1)]
public sealed partial class BertBase1A1;

/// <summary>Has 2-bit weights.</summary>
[QuantizedBert(bits: 2, Config = "base.json")]
public sealed partial class BertBase2;

/// <summary>Has 3-bit weights.</summary>
[QuantizedBert(bits: 3, Config = "base.json")]
public sealed partial class BertBase3;

/// <summary>Has 4-bit weights.</summary>
[QuantizedBert(bits: 4, Config = "base.json")]
public sealed partial class BertBase4;

/// <summary>Has 5-bit weights.</summary>
[QuantizedBert(bits: 5, Config = "base.json")]
public sealed partial class BertBase5;

/// <summary>Has 6-bit weights.</summary>
[QuantizedBert(bits: 6, Config = "base.json")]
public sealed partial class BertBase6;

/// <summary>Has 7-bit weights.</summary>
[QuantizedBert(bits: 7, Config = "base.json")]
public sealed partial class BertBase7;

/// <summary>Has 8-bit weights.</summary>
[QuantizedBert(bits: 8, Config = "base.json")]
public sealed partial class BertBase8;

/// <summary>Has full-precision weights.</summary>
[QuantizedBert(bits: 32, EmbeddingBits = 32, Config = "base.json")]
public sealed partial class BertBase32;
