namespace QuantGen.Peers.Racing;

/// <summary>One side of a race, with its model and its work.</summary>
internal interface IContender : IDisposable
{
    /// <summary>Does the work once.</summary>
    void Run();
}
