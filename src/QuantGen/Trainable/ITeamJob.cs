namespace QuantGen.Trainable;

/// <summary>Work in items that may run in any order and on any worker. What an item computes must not depend on who runs it.</summary>
internal interface ITeamJob
{
    /// <summary>Runs one item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="worker">Whose scratch memory to use.</param>
    void Run(int item, int worker);
}
