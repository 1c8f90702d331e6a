using QuantGen.Execution;
using QuantGen.Specs;
using QuantGen.Tasks;
using QuantGen.Trainable;

namespace QuantGen.Training.Boosting;

/// <summary>All members of an ensemble as one model to evaluate: its outputs are those of the packed file. It cannot be trained.</summary>
/// <param name="model">The model whose parameters become those of one member after the other; the first's in the end.</param>
/// <param name="members">The members.</param>
public sealed class EnsembleModel(ITrainableModel model, IReadOnlyList<EnsembleMember> members) : ITrainableModel
{
    private readonly MemberOutputs _outputs = new([.. members.Select(member => member.Vote)], EnsembleVote.Weighted);

    /// <inheritdoc/>
    public ModelSpec Spec => model.Spec;

    /// <inheritdoc/>
    public IReadOnlyList<Parameter> Parameters => model.Parameters;

    /// <summary>Gets the outputs of the ensemble; hidden states and scores are the first member's.</summary>
    public TrainingTrace Trace => model.Trace;

    /// <inheritdoc/>
    public TrainingTrace TraceGradients => model.TraceGradients;

    /// <inheritdoc/>
    public long ActivationBytes(int tokens, int longest) => model.ActivationBytes(tokens, longest);

    /// <inheritdoc/>
    public void InitializeWeightQuantizers() => throw new InvalidOperationException("An ensemble is not trained as a whole.");

    /// <inheritdoc/>
    public void Forward(TrainingBatch batch, ForwardOptions options)
    {
        float[][] outputs = new float[members.Count][];
        for (int member = members.Count - 1; member >= 0; member--)
        {
            Take(model, members[member]);
            model.Forward(batch, options);
            outputs[member] = model.Trace.Logits[..model.Trace.LogitCount];
        }

        int width = Spec.OutputCount;
        for (int row = 0; row < model.Trace.LogitCount; row += width)
        {
            float[] ofMembers = [.. outputs.SelectMany(all => all.AsSpan(row, width).ToArray())];
            _outputs.Join(ofMembers, model.Trace.Logits.AsSpan(row, width));
        }
    }

    /// <inheritdoc/>
    public void Backward() => throw new InvalidOperationException("An ensemble is not trained as a whole.");

    /// <summary>Gives a model the parameters of a member.</summary>
    /// <param name="model">The model.</param>
    /// <param name="member">The member.</param>
    public static void Take(ITrainableModel model, EnsembleMember member)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(member);
        for (int i = 0; i < member.Values.Length; i++)
        {
            member.Values[i].CopyTo(model.Parameters[i].Values, 0);
        }
    }

    /// <summary>Does nothing: the model belongs to whoever made it.</summary>
    public void Dispose()
    {
    }
}
