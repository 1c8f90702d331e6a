using QuantGen.Cli.Runs;
using QuantGen.Packed;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.Packing;

namespace QuantGen.Cli.Tests;

/// <summary>Packs a student as the tool does.</summary>
internal static class PackedStudent
{
    public static PackedModel Of(ITrainableModel student, TrainingStartPoint start, TrainableOptions trainable)
    {
        PackedModelBuilder builder = TrainedModelPacker.Pack(student, trainable);
        builder.Labels = [.. start.Config.Labels];
        builder.AddBytes(PackedLayout.Vocabulary, start.Tokenizer.VocabularyBytes);
        return builder.Build("student");
    }
}
