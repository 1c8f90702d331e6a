using System.Runtime.ExceptionServices;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>Trains modules at the same time, each on what the one before it hands on.</summary>
/// <remarks>
/// A module's step reads what the module before it handed on in its step of the same number, so that what it sees does not depend on which thread was
/// faster. A queue lets a module be some steps ahead of the next one: batches differ in length, and modules that went in step would wait for the longest.
/// </remarks>
internal sealed class ModulePipeline
{
    /// <summary>The most batches between two modules.</summary>
    public const int Ahead = 8;

    private readonly ModuleTraining[] _modules;
    private readonly ReconstructionData[] _data;
    private readonly HiddenStates[] _full;
    private readonly TextOrder _order;

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
    }

    /// <summary>Trains all modules.</summary>
    /// <param name="steps">Steps of each.</param>
    /// <param name="threads">The most modules at a time.</param>
    /// <param name="report">Told the number of each step of the last module, by one thread.</param>
    /// <param name="cancellation">Stops the work between two steps.</param>
    public void Train(int steps, int threads, Action<int> report, CancellationToken cancellation)
    {
        // The order makes its plans as they are asked for, by one thread.
        int[][] texts = [.. Enumerable.Range(0, steps).Select(_order.At)];
        StateQueue[] queues = [.. _modules.Skip(1).Select(_ => new StateQueue(Ahead))];
        try
        {
            if (threads >= _modules.Length)
            {
                RunAtOnce(texts, queues, report, cancellation);
                return;
            }

            // Modules take turns: each reads what the one before it has just handed on.
            for (int step = 0; step < steps; step++)
            {
                for (int module = 0; module < _modules.Length; module++)
                {
                    Step(module, step, texts[step], queues, cancellation);
                }

                report(step);
            }
        }
        finally
        {
            Array.ForEach(queues, queue => queue.Dispose());
        }
    }

    // Threads of their own: each may have to wait for another.
    private void RunAtOnce(int[][] texts, StateQueue[] queues, Action<int> report, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var failures = new ExceptionDispatchInfo?[_modules.Length];
        void Run(int module)
        {
            try
            {
                for (int step = 0; step < texts.Length; step++)
                {
                    Step(module, step, texts[step], queues, stop.Token);
                    if (module == _modules.Length - 1)
                    {
                        report(step);
                    }
                }
            }
            catch (Exception error)
            {
                // What stopped because another failed says nothing.
                failures[module] = stop.IsCancellationRequested && !cancellation.IsCancellationRequested ? null : ExceptionDispatchInfo.Capture(error);
                stop.Cancel();
            }
        }

        Thread[] workers = [.. Enumerable.Range(1, _modules.Length - 1).Select(module => new Thread(() => Run(module)) { IsBackground = true })];
        Array.ForEach(workers, worker => worker.Start());
        Run(0);
        Array.ForEach(workers, worker => worker.Join());
        failures.FirstOrDefault(failure => failure is not null)?.Throw();
    }

    private void Step(int module, int step, int[] texts, StateQueue[] queues, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        float[] states = module == 0 ? [] : queues[module - 1].Take(cancellation);
        _modules[module].Step(_data[module], states, _full[module], step, texts);
        if (module > 0)
        {
            queues[module - 1].Return(states);
        }

        if (module < _modules.Length - 1)
        {
            int count = texts.Sum(_full[module].Length) * _full[module].Width;
            queues[module].Add(_modules[module].Output.AsSpan(0, count), cancellation);
        }
    }
}
