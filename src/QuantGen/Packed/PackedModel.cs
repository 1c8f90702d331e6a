using System.Runtime.InteropServices;
using QuantGen.Checkpoints;
using QuantGen.Files;
using QuantGen.Sentences;
using QuantGen.Specs;

namespace QuantGen.Packed;

/// <summary>A packed model file: a safetensors file whose header says which model it is and whose tensors were all checked.</summary>
/// <remarks>
/// <para>
/// A model's tensors, by which this class is asked for data, are those of <see cref="PackedLayout.Packed"/>. In the file, the
/// tensors of all linear layers and of all norms after the embeddings' are joined by kind, each kind in the order of that list:
/// <c>encoder.codes</c>, <c>encoder.scales</c>, <c>encoder.zero_points</c>, <c>encoder.weights</c>, <c>encoder.biases</c>,
/// <c>encoder.layer_norm</c>, <c>encoder.input_scales</c>, <c>encoder.input_zero_points</c> and <c>encoder.input_shifts</c>, as far as a model has them.
/// </para>
/// <para>
/// Per quantized matrix there are <c>.codes</c> (U8), <c>.scales</c> (F32) and, if asymmetric, <c>.zero_points</c> (U8). Each row
/// of codes is a little-endian bit stream, lowest bits first, that starts on a byte; unused bits at its end are 0. Where
/// precision is mixed, rows, scales and zero points are in stored order (<see cref="MatrixSpec.StoredGroups"/>).
/// <c>.bias</c> is in the order of the outputs.
/// </para>
/// <para>
/// A norm has <c>.weight</c> and <c>.bias</c>, and where it has a residual and the model says <c>residual_factors</c>, a tensor of that name (F32, one a
/// column) behind them: what is normalized is <c>input + residual * factors</c>, one fused step a column.
/// </para>
/// <para>
/// The file of an ensemble says in its header what each member's vote weighs, and how many layers are the first member's for all (<c>ensemble</c>). Its
/// first member has the names of a model alone; member <c>k</c> of the others, counted from 1, has all tensors of its own but those of these layers and
/// before them (<see cref="PackedLayout.IsShared"/>), with <c>ensemble.k.</c> before their names.
/// </para>
/// <para>
/// A file that opens is complete, unchanged since it was written, and legal in every value; there is no switch to skip
/// that. Reading from several threads is safe, and spans are valid until <see cref="Dispose"/>.
/// </para>
/// </remarks>
public sealed class PackedModel : IDisposable
{
    // Twice what the members of a legal model can have, joined as they are.
    private const int MaxTensors = 40 * EnsembleJson.MaxMembers;

    private readonly SafetensorsFile _file;
    private readonly Dictionary<string, StoredTensor> _tensors;

    // Which member's tensors are asked for; those of another than the first are a view that owns nothing.
    private readonly int _member;

    private PackedModel(SafetensorsFile file, int threads, CancellationToken cancellation)
    {
        _file = file;
        PackedMetadata.Verify(file);
        Spec = SpecText.Read(file);
        Sentence = SpecText.ReadSentence(file, Spec);
        Ensemble = SpecText.ReadEnsemble(file, Spec);
        PackedFileLayout layout = PackedFileLayout.Of(Spec, Sentence, Ensemble);
        PackedValidation.RequireTensors(file, layout);
        Tensors = layout.Model;
        Labels = PackedMetadata.ReadLabels(file, Spec);
        OutputActivation = PackedMetadata.ReadActivation(file, Spec);
        Recipe = SpecText.ReadRecipe(file);
        StoredTensor[] tensors = StoredTensor.All(file, layout);
        PackedValidation.RequireValues(file, Spec, tensors, threads, cancellation);
        _tensors = tensors.ToDictionary(tensor => tensor.Spec.Name, StringComparer.Ordinal);
        Ledger = new ByteLedger(file.HeaderLength, layout.Model, Vocabulary.Length);
    }

    private PackedModel(PackedModel model, int member)
    {
        (_file, _tensors, _member) = (model._file, model._tensors, member);
        (Spec, Sentence, Labels, OutputActivation, Recipe) = (model.Spec, model.Sentence, model.Labels, model.OutputActivation, model.Recipe);
        (Ensemble, Tensors, Ledger) = (model.Ensemble, model.Tensors, model.Ledger);
    }

    /// <summary>Gets the path or the name the file was opened under.</summary>
    public string Name => _file.Name;

    /// <summary>Gets the model the file is for.</summary>
    public ModelSpec Spec { get; }

    /// <summary>Gets how the codes were found; computing with them does not depend on it.</summary>
    public Recipe Recipe { get; }

    /// <summary>Gets the labels in the order of the head's outputs; empty where the head has none.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Gets what the head's outputs go through.</summary>
    public OutputActivation OutputActivation { get; }

    /// <summary>Gets how the model makes texts into vectors; null where the file says nothing.</summary>
    public SentenceEncoding? Sentence { get; }

    /// <summary>Gets what the votes of an ensemble's members weigh, all above 0; empty for a model alone.</summary>
    public IReadOnlyList<double> Votes => Ensemble is null ? [] : Ensemble.Votes;

    /// <summary>Gets how many layers are the first member's for all members of an ensemble; 0 for a model alone.</summary>
    public int SharedLayers => Ensemble?.SharedLayers ?? 0;

    /// <summary>Gets the ensemble whose members the file holds; null for a model alone.</summary>
    public EnsembleSpec? Ensemble { get; }

    /// <summary>Gets the number of members of an ensemble; 1 for a model alone.</summary>
    public int MemberCount => Math.Max(1, Votes.Count);

    /// <summary>Gets the SHA-256 of the checkpoint the file was made from, in lower-case hexadecimal.</summary>
    public string SourceSha256 => _file.Metadata[PackedMetadata.SourceHashKey];

    /// <summary>Gets the tokenizer's options as JSON text.</summary>
    public string TokenizerJson => _file.Metadata[PackedMetadata.TokenizerKey];

    /// <summary>Gets the text of the vocabulary, one piece per line, in UTF-8.</summary>
    public ReadOnlySpan<byte> Vocabulary => Bytes(PackedLayout.Vocabulary);

    /// <summary>Gets the tensors in the order of the forward pass, of an ensemble member after member.</summary>
    internal IReadOnlyList<TensorSpec> Tensors { get; }

    /// <summary>Gets the bytes by what they are for.</summary>
    public ByteLedger Ledger { get; }

    /// <summary>Gets the length of the file in bytes.</summary>
    public long FileLength => _file.FileLength;

    /// <summary>Reads a file on disk once and checks all that was read: others who write to it later, or meanwhile, change nothing that was checked.</summary>
    /// <param name="path">The packed file.</param>
    /// <param name="cancellation">Ends the call early, with the file closed.</param>
    /// <exception cref="ModelFormatException">The file is not a valid packed model.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public static PackedModel Open(string path, CancellationToken cancellation = default) => Open(path, Environment.ProcessorCount, cancellation);

    /// <summary>Reads a packed model that is already in memory, such as an embedded resource, and checks all of it.</summary>
    /// <param name="bytes">The whole file; it must not change afterwards.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="cancellation">Ends the call early.</param>
    /// <exception cref="ModelFormatException">The bytes are not a valid packed model.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public static PackedModel Read(ReadOnlyMemory<byte> bytes, string name, CancellationToken cancellation = default) =>
        Read(bytes, name, Environment.ProcessorCount, cancellation);

    /// <summary>Says whether the model has a tensor.</summary>
    /// <param name="tensorName">The full name, such as <c>classifier.bias</c>.</param>
    public bool Contains(string tensorName) => _tensors.ContainsKey(Stored(tensorName));

    /// <summary>Returns the packed codes of a matrix or of the word embedding, in place.</summary>
    /// <param name="matrix">The name without <c>.codes</c>.</param>
    public ReadOnlySpan<byte> Codes(string matrix) => Bytes(matrix + PackedNames.Codes);

    /// <summary>Returns the elements of an F32 tensor, in place.</summary>
    /// <param name="tensorName">The full name.</param>
    /// <exception cref="ArgumentException">The model has no such tensor, or it is not F32.</exception>
    public ReadOnlySpan<float> Floats(string tensorName) => MemoryMarshal.Cast<byte, float>(Data(tensorName, SafetensorsDType.F32));

    /// <summary>Returns the elements of a U8 tensor, in place.</summary>
    /// <param name="tensorName">The full name.</param>
    /// <exception cref="ArgumentException">The model has no such tensor, or it is not U8.</exception>
    public ReadOnlySpan<byte> Bytes(string tensorName) => Data(tensorName, SafetensorsDType.U8);

    /// <summary>Writes the file to disk through a temporary file, a flush and a rename.</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="cancellation">Stops the writing; then a file that was there stays as it was, and no other is left.</param>
    public void Save(string path, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, stream => _file.CopyTo(bytes =>
        {
            cancellation.ThrowIfCancellationRequested();
            stream.Write(bytes);
        }));
    }

    /// <summary>Closes the file; spans handed out before must no longer be used.</summary>
    public void Dispose()
    {
        if (_member == 0)
        {
            _file.Dispose();
        }
    }

    /// <summary>Gets the tensors of one member under the names that a model alone has; valid as long as this is.</summary>
    internal PackedModel Member(int member) => member == 0 ? this : new PackedModel(this, member);

    /// <summary>Says whether a tensor or a matrix is the first member's, whose place in memory this one uses.</summary>
    internal bool IsPlacedByFirst(string name) => _member > 0 && PackedLayout.IsShared(Spec, name + ".", SharedLayers);

    /// <summary>Makes what turns the model's hidden states into vectors; where the file says nothing, it is the normalized mean.</summary>
    internal SentenceHead SentenceHead()
    {
        SentenceEncoding sentence = Sentence ?? new SentenceEncoding();
        float[][] weights = [.. Enumerable.Range(0, sentence.Layers.Count).Select(i => Floats(SentenceTensors.Weight(i)).ToArray())];
        float[][] biases =
        [
            .. Enumerable.Range(0, weights.Length).Select(i => sentence.Layers[i].HasBias ? Floats(SentenceTensors.Bias(i)).ToArray() : []),
        ];
        return new SentenceHead(sentence, Spec.Dimensions.HiddenSize, weights, biases);
    }

    /// <summary>Opens a file, using so many threads at most.</summary>
    internal static PackedModel Open(string path, int threads, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Create(path, FileBytes.Copied(path), threads, cancellation);
    }

    /// <summary>Reads a packed model in memory, using so many threads at most.</summary>
    internal static PackedModel Read(ReadOnlyMemory<byte> bytes, string name, int threads, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Create(name, new FileBytes(bytes), threads, cancellation);
    }

    private static PackedModel Create(string name, FileBytes bytes, int threads, CancellationToken cancellation)
    {
        SafetensorsFile file = SafetensorsFile.Create(name, bytes, MaxTensors);
        try
        {
            return new PackedModel(file, threads, cancellation);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private ReadOnlySpan<byte> Data(string name, SafetensorsDType dtype)
        => _tensors.TryGetValue(Stored(name), out StoredTensor tensor) && tensor.Data.DType == dtype
            ? tensor.Bytes(_file)
            : throw new ArgumentException($"The packed model '{Name}' has no {dtype.Name()} tensor '{name}'.", nameof(name));

    private string Stored(string name) => _member > 0 && !PackedLayout.IsShared(Spec, name, SharedLayers) ? PackedNames.Member(_member) + name : name;
}
