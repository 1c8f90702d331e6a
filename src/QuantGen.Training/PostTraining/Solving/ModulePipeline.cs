using QuantGen.Files;
using QuantGen.Trainable;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>Trains modules at the same time, each on what the one before it handed on one step earlier.</summary>
/// <remarks>
/// In a round every module makes a step, one step behind the module before it, so that a queue between two modules holds one batch, and what a module sees does
/// not depend on which thread was faster.
/// </remarks>
internal sealed class ModulePipeline
{
    private readonly ModuleTraining[] _modules;
    private readonly ReconstructionData[] _data;
    private readonly HiddenStates[] _full;
    private readonly TextOrder _order;
    private readonly float[][] _queues;

    /// <summary>Joins modules.</summary>
    /// <param name="modules">The modules, each with threads of its own.</param>
    /// <param name="data">Their targets, and the input of the first.</param>
    /// <param name="full">What enters the full-precision modules.</param>
    /// <param name="order">The texts of every step.</param>
    public ModulePipeline(ModuleTraining[] modules, ReconstructionData[] data, HiddenStates[] full, TextOrder order)
    {
        _modules = modules;
        _data = data;
        _full = full;
        _order = order;
        _queues = [.. modules.Select(_ => Array.Empty<float>())];
    }

    /// <summary>Trains all modules.</summary>
    /// <param name="steps">Steps of each.</param>
    /// <param name="threads">The most modules at a time.</param>
    /// <param name="report">Told the number of each round.</param>
    /// <param name="cancellation">Stops the work between two rounds.</param>
    public void Train(int steps, int threads, Action<int> report, CancellationToken cancellation)
    {
        // The order makes its plans as they are asked for, by one thread.
        for (int round = 0; round < steps + _modules.Length - 1; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            int now = round;
            int[][] texts = [.. _modules.Select((_, module) => IsAtWork(now - module, steps) ? _order.At(now - module) : [])];
            LoadLoop.Run(threads, _modules.Length, module =>
            {
                if (texts[module].Length > 0)
                {
                    _modules[module].Step(_data[module], module == 0 ? [] : _queues[module], _full[module], now - module, texts[module]);
                }
            });
            for (int module = 0; module < _modules.Length - 1; module++)
            {
                if (texts[module].Length > 0)
                {
                    int count = texts[module].Sum(_full[module].Length) * _full[module].Width;
                    _modules[module].Output.AsSpan(0, count).CopyTo(FloatBuffers.Reserve(ref _queues[module + 1], count));
                }
            }

            report(round);
        }
    }

    private static bool IsAtWork(int step, int steps) => step >= 0 && step < steps;
}
