namespace QuantGen;

/// <summary>What a head's outputs go through before they are an answer.</summary>
public enum OutputActivation
{
    /// <summary>What the head usually has: a softmax over classes, and a real output as it is.</summary>
    Usual,

    /// <summary>The sigmoid of each output by itself: any number of labels may hold, and a real output is from 0 to 1.</summary>
    Sigmoid,
}
