using QuantGen.Experiments.PostTraining;

namespace QuantGen.Experiments;

/// <summary>Finds the folders of models; those that are trained first are kept for the next run.</summary>
internal static class TrainedModels
{
    /// <summary>Gets a model's folder, and trains it where it is not there yet.</summary>
    /// <param name="model">The model.</param>
    /// <param name="shared">The folder of shared data.</param>
    /// <param name="models">The folder that keeps models that are trained.</param>
    /// <param name="cancellation">Stops the training, which then is continued by the next run.</param>
    public static async Task<string> FolderAsync(CalibratedModel model, string shared, string models, CancellationToken cancellation)
    {
        string given = Path.Combine(shared, model.Checkpoint);
        if (model.Training.Count == 0)
        {
            return given;
        }

        string trained = Path.Combine(models, model.Name);
        if (!Directory.Exists(trained))
        {
            await Tool.JsonAsync(
                ["train", "--from", given, "--data", Path.Combine(shared, model.Train), "-o", trained, .. model.Training, "--resume"], cancellation);
        }

        return trained;
    }
}
