namespace QuantGen.Tasks;

/// <summary>How the outputs for the windows of a long text become those of the text.</summary>
public enum WindowPooling
{
    /// <summary>The mean of each output over the windows.</summary>
    Mean,

    /// <summary>The largest of each output over the windows.</summary>
    Max,
}
