namespace QuantGen.Peers.Graphs;

/// <summary>Where the weights of a graph come from.</summary>
internal interface IWeightSource
{
    /// <summary>Gets the values of a tensor. They are shared, and nobody writes to them.</summary>
    /// <param name="name">Its canonical name, as checkpoints have it.</param>
    /// <param name="count">How many values it has to have.</param>
    float[] Get(string name, int count);
}
