namespace QuantGen.Training.Loop;

/// <summary>Is told how a training goes. Nothing that it does changes a result.</summary>
public interface ITrainingObserver
{
    /// <summary>Training begins or continues.</summary>
    /// <param name="start">What is about to happen.</param>
    void Started(TrainingStart start)
    {
    }

    /// <summary>A step is done.</summary>
    /// <param name="step">The step.</param>
    void Stepped(in StepRecord step)
    {
    }

    /// <summary>An epoch's steps are done and its model is about to be evaluated.</summary>
    /// <param name="epoch">The epoch, counted from 1.</param>
    void Evaluating(int epoch)
    {
    }

    /// <summary>An epoch is done.</summary>
    /// <param name="epoch">The epoch.</param>
    void EpochEnded(EpochRecord epoch)
    {
    }

    /// <summary>The state was written.</summary>
    /// <param name="path">The file.</param>
    /// <param name="step">Steps done.</param>
    void Saved(string path, long step)
    {
    }

    /// <summary>The state could not be written; training goes on.</summary>
    /// <param name="path">The file, which is as it was.</param>
    /// <param name="step">Steps done.</param>
    /// <param name="reason">Which file, and why.</param>
    void SaveFailed(string path, long step, string reason)
    {
    }

    /// <summary>Training is done.</summary>
    /// <param name="result">What it came to.</param>
    void Ended(TrainingResult result)
    {
    }
}
