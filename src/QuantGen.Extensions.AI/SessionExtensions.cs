using System.Collections;
using Microsoft.Extensions.AI;
using QuantGen.Execution;
using QuantGen.Vectors;

namespace QuantGen.Extensions.AI;

/// <summary>Puts loaded models behind interfaces, for programs without dependency injection. A session must outlive what it is put behind.</summary>
public static class SessionExtensions
{
    /// <summary>Makes vectors of floats.</summary>
    /// <param name="session">A loaded model with the head <see cref="BertHead.Embedding"/> or <see cref="BertHead.Encoder"/>.</param>
    /// <param name="options">Batches, length and so on; null for defaults.</param>
    /// <exception cref="InvalidOperationException">The model has another head.</exception>
    public static IEmbeddingGenerator<string, Embedding<float>> AsEmbeddingGenerator(this InferenceSession session, ModelServiceOptions? options = null) =>
        Floats(new SentenceModel(session, options ?? new ModelServiceOptions()));

    /// <summary>Makes vectors of eight bits an element, as <see cref="ModelServiceOptions.Int8"/> says.</summary>
    /// <param name="session">A loaded model with the head <see cref="BertHead.Embedding"/> or <see cref="BertHead.Encoder"/>.</param>
    /// <param name="options">Batches, length and so on; null for defaults.</param>
    /// <exception cref="InvalidOperationException">The model has another head.</exception>
    public static IEmbeddingGenerator<string, Embedding<sbyte>> AsInt8EmbeddingGenerator(this InferenceSession session, ModelServiceOptions? options = null) =>
        Int8(new SentenceModel(session, options ?? new ModelServiceOptions()));

    /// <summary>Makes vectors of one bit an element: true where it is above zero.</summary>
    /// <param name="session">A loaded model with the head <see cref="BertHead.Embedding"/> or <see cref="BertHead.Encoder"/>.</param>
    /// <param name="options">Batches, length and so on; null for defaults.</param>
    /// <exception cref="InvalidOperationException">The model has another head.</exception>
    public static IEmbeddingGenerator<string, BinaryEmbedding> AsBinaryEmbeddingGenerator(this InferenceSession session, ModelServiceOptions? options = null) =>
        Binary(new SentenceModel(session, options ?? new ModelServiceOptions()));

    /// <summary>Classifies texts.</summary>
    /// <param name="session">A loaded model with the head <see cref="BertHead.SequenceClassification"/>.</param>
    /// <param name="options">Batches, length and so on; null for defaults.</param>
    /// <exception cref="InvalidOperationException">The model has another head.</exception>
    public static ITextClassifier AsTextClassifier(this InferenceSession session, ModelServiceOptions? options = null) =>
        new ModelClassifier(session, options ?? new ModelServiceOptions());

    /// <summary>Scores texts.</summary>
    /// <param name="session">A loaded model with the head <see cref="BertHead.Regression"/>.</param>
    /// <param name="options">Batches, length and so on; null for defaults.</param>
    /// <exception cref="InvalidOperationException">The model has another head.</exception>
    public static ITextScorer AsTextScorer(this InferenceSession session, ModelServiceOptions? options = null) =>
        new ModelScorer(session, options ?? new ModelServiceOptions());

    /// <summary>Labels the words of texts.</summary>
    /// <param name="session">A loaded model with the head <see cref="BertHead.TokenClassification"/>.</param>
    /// <param name="options">Batches, length and so on; null for defaults.</param>
    /// <exception cref="InvalidOperationException">The model has another head.</exception>
    public static ITokenTagger AsTokenTagger(this InferenceSession session, ModelServiceOptions? options = null) =>
        new ModelTagger(session, options ?? new ModelServiceOptions());

    /// <summary>Answers questions.</summary>
    /// <param name="session">A loaded model with the head <see cref="BertHead.QuestionAnswering"/>.</param>
    /// <param name="options">Batches, length and so on; null for defaults.</param>
    /// <exception cref="InvalidOperationException">The model has another head.</exception>
    public static IQuestionAnswerer AsQuestionAnswerer(this InferenceSession session, ModelServiceOptions? options = null) =>
        new ModelAnswerer(session, options ?? new ModelServiceOptions());

    internal static IEmbeddingGenerator<string, Embedding<float>> Floats(SentenceModel model) =>
        new ModelEmbeddings<Embedding<float>>(model, vector => new Embedding<float>(vector));

    internal static IEmbeddingGenerator<string, Embedding<sbyte>> Int8(SentenceModel model) =>
        new ModelEmbeddings<Embedding<sbyte>>(model, vector =>
        {
            sbyte[] codes = new sbyte[vector.Length];
            if (model.Int8 is null)
            {
                Int8Calibration.QuantizeAlone(vector, codes);
            }
            else
            {
                model.Int8.Quantize(vector, codes);
            }

            return new Embedding<sbyte>(codes);
        });

    internal static IEmbeddingGenerator<string, BinaryEmbedding> Binary(SentenceModel model) =>
        new ModelEmbeddings<BinaryEmbedding>(model, vector => new BinaryEmbedding(new BitArray(vector.Select(value => value > 0).ToArray())));
}
