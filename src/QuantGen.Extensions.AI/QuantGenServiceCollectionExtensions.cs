using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection.Extensions;
using QuantGen;
using QuantGen.Execution;
using QuantGen.Extensions.AI;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds generated models to a program's services.</summary>
/// <remarks>
/// A model is loaded when it is first needed, once, and disposed of with the container. Of each model its interfaces are there, and where several models have
/// the same one, the type of the class is the key: <c>[FromKeyedServices(typeof(ReviewSentiment))] ITextClassifier</c>; without a key the last added is meant.
/// </remarks>
public static class QuantGenServiceCollectionExtensions
{
    /// <summary>
    /// Adds a model and what its head is for: <see cref="ITextClassifier"/>, <see cref="ITextScorer"/>, <see cref="ITokenTagger"/>,
    /// <see cref="IQuestionAnswerer"/>, or embeddings.
    /// </summary>
    /// <typeparam name="TModel">The annotated class.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="path">The packed file.</param>
    /// <param name="options">Loading, batches, length and so on; null for defaults.</param>
    /// <exception cref="NotSupportedException">The class has the head <see cref="BertHead.MaskedLanguageModel"/>, for which there is no interface.</exception>
    public static IServiceCollection AddQuantGen<TModel>(this IServiceCollection services, string path, ModelServiceOptions? options = null)
        where TModel : class, IQuantizedModel<TModel>
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return services.AddQuantGen(_ => TModel.Load(path, options?.Load), options);
    }

    /// <summary>As <see cref="AddQuantGen{TModel}(IServiceCollection, string, ModelServiceOptions?)"/>, loaded by the program, as from a resource.</summary>
    /// <typeparam name="TModel">The annotated class.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="load">Loads the model; the container disposes of it.</param>
    /// <param name="options">Batches, length and so on; null for defaults.</param>
    /// <exception cref="NotSupportedException">The class has the head <see cref="BertHead.MaskedLanguageModel"/>, for which there is no interface.</exception>
    public static IServiceCollection AddQuantGen<TModel>(
        this IServiceCollection services, Func<IServiceProvider, TModel> load, ModelServiceOptions? options = null)
        where TModel : class, IQuantizedModel<TModel>
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(load);
        ModelServiceOptions own = (options ?? new ModelServiceOptions()) with { ModelId = options?.ModelId ?? typeof(TModel).Name };
        services.TryAddSingleton<TModel>(load);
        return TModel.Spec.Head switch
        {
            BertHead.SequenceClassification => services.Add<TModel, ITextClassifier>(session => new ModelClassifier(session, own)),
            BertHead.Regression => services.Add<TModel, ITextScorer>(session => new ModelScorer(session, own)),
            BertHead.TokenClassification => services.Add<TModel, ITokenTagger>(session => new ModelTagger(session, own)),
            BertHead.QuestionAnswering => services.Add<TModel, IQuestionAnswerer>(session => new ModelAnswerer(session, own)),
            BertHead.Embedding or BertHead.Encoder => services.AddSentenceModel<TModel>(own),
            _ => throw new NotSupportedException($"there is no interface for the head {TModel.Spec.Head} of {typeof(TModel).Name}"),
        };
    }

    /// <summary>
    /// Adds a sentence encoder as <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/> of <see cref="Embedding{T}"/> of floats, of
    /// <see cref="Embedding{T}"/> of signed bytes, and of <see cref="BinaryEmbedding"/>, which share its batches.
    /// </summary>
    /// <typeparam name="TModel">The annotated class.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="path">The packed file.</param>
    /// <param name="options">Loading, batches, length and so on; null for defaults.</param>
    /// <exception cref="NotSupportedException">The class has neither the head <see cref="BertHead.Embedding"/> nor <see cref="BertHead.Encoder"/>.</exception>
    public static IServiceCollection AddQuantGenEmbeddings<TModel>(this IServiceCollection services, string path, ModelServiceOptions? options = null)
        where TModel : class, IQuantizedModel<TModel>
    {
        RequireEncoder<TModel>();
        return services.AddQuantGen<TModel>(path, options);
    }

    /// <summary>As <see cref="AddQuantGenEmbeddings{TModel}(IServiceCollection, string, ModelServiceOptions?)"/>, loaded by the program.</summary>
    /// <typeparam name="TModel">The annotated class.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="load">Loads the model; the container disposes of it.</param>
    /// <param name="options">Batches, length and so on; null for defaults.</param>
    /// <exception cref="NotSupportedException">The class has neither the head <see cref="BertHead.Embedding"/> nor <see cref="BertHead.Encoder"/>.</exception>
    public static IServiceCollection AddQuantGenEmbeddings<TModel>(
        this IServiceCollection services, Func<IServiceProvider, TModel> load, ModelServiceOptions? options = null)
        where TModel : class, IQuantizedModel<TModel>
    {
        RequireEncoder<TModel>();
        return services.AddQuantGen(load, options);
    }

    private static void RequireEncoder<TModel>()
        where TModel : class, IQuantizedModel<TModel>
    {
        if (TModel.Spec.Head is not (BertHead.Embedding or BertHead.Encoder))
        {
            throw new NotSupportedException($"embeddings need the head Embedding or Encoder, and {typeof(TModel).Name} has the head {TModel.Spec.Head}");
        }
    }

    private static IServiceCollection AddSentenceModel<TModel>(this IServiceCollection services, ModelServiceOptions options)
        where TModel : class, IQuantizedModel<TModel>
    {
        services.AddKeyedSingleton<SentenceModel>(typeof(TModel), (provider, _) => new SentenceModel(provider.GetRequiredService<TModel>().Session, options));
        services.AddFormat<TModel, Embedding<float>>(SessionExtensions.Floats);
        services.AddFormat<TModel, Embedding<sbyte>>(SessionExtensions.Int8);
        return services.AddFormat<TModel, BinaryEmbedding>(SessionExtensions.Binary);
    }

    private static IServiceCollection AddFormat<TModel, TEmbedding>(
        this IServiceCollection services, Func<SentenceModel, IEmbeddingGenerator<string, TEmbedding>> make)
        where TEmbedding : Embedding
    {
        services.AddKeyedSingleton<IEmbeddingGenerator<string, TEmbedding>>(
            typeof(TModel), (provider, key) => make(provider.GetRequiredKeyedService<SentenceModel>(key)));
        return services.AddSingleton(provider => provider.GetRequiredKeyedService<IEmbeddingGenerator<string, TEmbedding>>(typeof(TModel)));
    }

    private static IServiceCollection Add<TModel, TService>(this IServiceCollection services, Func<InferenceSession, TService> make)
        where TModel : class, IQuantizedModel<TModel>
        where TService : class
    {
        services.AddKeyedSingleton<TService>(typeof(TModel), (provider, _) => make(provider.GetRequiredService<TModel>().Session));
        return services.AddSingleton(provider => provider.GetRequiredKeyedService<TService>(typeof(TModel)));
    }
}
