using QuantGen.Checkpoints;
using QuantGen.Files;
using QuantGen.Graph;
using QuantGen.Packed;
using QuantGen.Quantization;
using QuantGen.Specs;
using QuantGen.Training.Packing;

namespace QuantGen.Training.PostTraining;

/// <summary>Quantizes a full-precision checkpoint without training it any further.</summary>
/// <remarks>The result depends on the checkpoint, the model and the options only, not on the number of processors.</remarks>
public static class PostTrainingQuantizer
{
    /// <summary>Quantizes a checkpoint; at 32 bits weights are kept as they are.</summary>
    /// <param name="checkpoint">
    /// The checkpoint, which must have exactly the tensors of the model. It stays open until the result is built: only then are tensors that are not
    /// quantized read, and found to be finite or not.
    /// </param>
    /// <param name="spec">The model to make.</param>
    /// <param name="options">Tokenizer, labels and static activation ranges.</param>
    /// <param name="cancellation">Stops the work between two groups of weights.</param>
    /// <exception cref="ModelFormatException">Tensors are missing, unexpected or not finite, or the vocabulary has another size than the model.</exception>
    /// <exception cref="ArgumentException">The recipe does not suit the model, or the model has static activation ranges and the options lack one of
    /// them.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The options ask for less than one thread.</exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public static PostTrainingResult Quantize(
        Checkpoint checkpoint, ModelSpec spec, PostTrainingOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(options);
        return Quantize(new WorkingWeights(checkpoint), new Dictionary<string, QuantizedMatrix>(), spec, options, cancellation);
    }

    /// <summary>Quantizes weights that steps may have changed; matrices whose codes were found already keep them.</summary>
    internal static PostTrainingResult Quantize(
        WorkingWeights weights, IReadOnlyDictionary<string, QuantizedMatrix> codes, ModelSpec spec, PostTrainingOptions options,
        CancellationToken cancellation) => Assemble(weights, Pack(weights, codes, spec, options, cancellation), spec, options);

    /// <summary>Finds and packs the codes of all matrices, for models that differ in what else <see cref="Assemble"/> takes.</summary>
    internal static WeightJob[] Pack(
        WorkingWeights weights, IReadOnlyDictionary<string, QuantizedMatrix> codes, ModelSpec spec, PostTrainingOptions options,
        CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1, nameof(PostTrainingOptions.Threads));
        RequireRecipe(spec, options.Recipe);
        weights.Checkpoint.RequireExactly(PackedLayout.Checkpoint(spec).Select(tensor => (tensor.Name, tensor.Shape.ToArray())));
        RequireVocabulary(weights.Checkpoint, spec, options);
        return Run(weights, codes, spec, options, cancellation);
    }

    /// <summary>Puts a packed model together.</summary>
    internal static PostTrainingResult Assemble(WorkingWeights weights, WeightJob[] packed, ModelSpec spec, PostTrainingOptions options)
    {
        var builder = new PackedModelBuilder(spec)
        {
            Recipe = options.Recipe,
            SourceSha256 = weights.Checkpoint.Sha256,
            Labels = options.Labels,
            OutputActivation = options.OutputActivation,
            TokenizerJson = Execution.TokenizerSettings.Write(options.Tokenizer.Options),
        };
        builder.AddBytes(PackedLayout.Vocabulary, options.Tokenizer.VocabularyBytes);
        if (options.Sentence is not null)
        {
            builder.AddSentence(options.Sentence);
        }

        AddStaticRanges(builder, spec, options);
        AddUnquantized(builder, weights, spec);
        Array.ForEach(packed, job => job.AddTo(builder));
        return new PostTrainingResult(builder, [.. packed.Select(job => job.Report)]);
    }

    private static void RequireRecipe(ModelSpec spec, Recipe recipe)
    {
        var issues = new List<SpecIssue>();
        RecipeRules.Check(spec, recipe, issues);
        if (issues.Count > 0)
        {
            throw new ArgumentException(issues[0].Message, nameof(recipe));
        }
    }

    private static void RequireVocabulary(Checkpoint checkpoint, ModelSpec spec, PostTrainingOptions options)
    {
        int pieces = options.Tokenizer.Vocabulary.Count;
        if (pieces > spec.Dimensions.VocabularySize)
        {
            throw new ModelFormatException(
                checkpoint.Directory, "vocabulary",
                FormattableString.Invariant($"at most {spec.Dimensions.VocabularySize} pieces, the vocab_size of config.json"),
                FormattableString.Invariant($"{pieces}"));
        }
    }

    private static void AddStaticRanges(PackedModelBuilder builder, ModelSpec spec, PostTrainingOptions options)
    {
        var operands = spec.AttentionSites().Select(site => site.Name).ToHashSet(StringComparer.Ordinal);
        foreach (ActivationSite site in ActivationCalibrator.SitesOf(spec))
        {
            if (options.StaticRanges?.GetValueOrDefault(site.Name) is not { } uses || uses.Count != site.Uses * site.Buckets)
            {
                throw new ArgumentException($"Activation site '{site.Name}' needs {site.Uses * site.Buckets} calibrated ranges.", nameof(options));
            }

            if (spec.IsRounded)
            {
                continue;
            }

            builder.AddFloats(site.Name + ".input_scale", uses.Select(use => use.Scale).ToArray());
            if (spec.HasBitActivations && !operands.Contains(site.Name))
            {
                // Shifts are learned, and begin as 0.
                builder.AddFloats(site.Name + ".input_shift", new float[site.Uses]);
            }
            else
            {
                builder.AddBytes(site.Name + ".input_zero_point", uses.Select(use => (byte)use.ZeroPoint).ToArray());
            }
        }

        if (spec.IsRounded)
        {
            RoundedRanges.AddTo(builder, spec, site => options.StaticRanges![site]);
        }
    }

    // Positions, token types, biases, layer normalization with the factors of residuals, the head, and whole matrices that stay in 32 bits.
    private static void AddUnquantized(PackedModelBuilder builder, WorkingWeights weights, ModelSpec spec)
    {
        var plain = PackedLayout.Checkpoint(spec).Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        plain.UnionWith(spec.Graph.Nodes.OfType<NormNode>().Where(norm => norm.HasFactors).Select(norm => norm.Factors));
        foreach (TensorSpec tensor in PackedLayout.Packed(spec).Where(tensor => plain.Contains(tensor.Name)))
        {
            bool isRounded = RoundedRanges.AreFactors(spec, tensor.Name);
            builder.AddFloats(tensor.Name, target =>
            {
                weights.Read(tensor.Name, target);
                if (isRounded)
                {
                    RoundedFactors.Round(target, spec.ActivationBits);
                }
            });
        }
    }

    private static WeightJob[] Run(
        WorkingWeights weights, IReadOnlyDictionary<string, QuantizedMatrix> codes, ModelSpec spec, PostTrainingOptions options, CancellationToken cancellation)
    {
        WeightJob[] jobs = WeightJob.Of(spec, options.Recipe);
        double total = jobs.Sum(job => (double)job.Count);
        double done = 0;

        // The largest first: threads stay busy to the end. The embedding alone can be half of the work.
        WeightJob[] order = [.. jobs.OrderByDescending(job => job.Count)];
        LoadLoop.Run(options.Threads, order.Length, i =>
        {
            cancellation.ThrowIfCancellationRequested();
            order[i].Run(weights, codes, options.Recipe, cancellation);
            lock (order)
            {
                done += order[i].Count;
                options.Progress?.Report(done / total);
            }
        });
        return jobs;
    }
}
