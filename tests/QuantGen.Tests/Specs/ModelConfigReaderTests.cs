using QuantGen.Architectures;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Tests.Specs;

public sealed class ModelConfigReaderTests
{
    [Fact]
    public void An_empty_object_is_bert_base()
    {
        ModelConfig? config = Read("{}");
        Assert.Equal(new ModelConfig(), config);
    }

    [Fact]
    public void All_keys_are_read()
    {
        ModelConfig? config = Read("""
            {
              "model_type": "bert", "num_hidden_layers": 3, "hidden_size": 48, "num_attention_heads": 4, "intermediate_size": 96,
              "vocab_size": 1000, "max_position_embeddings": 64, "type_vocab_size": 1, "hidden_act": "gelu_new", "layer_norm_eps": 1e-5,
              "id2label": { "1": "good", "0": "bad" }, "architectures": ["BertForSequenceClassification"],
              "position_embedding_type": "absolute", "is_decoder": false, "unknown_key": [1, 2]
            }
            """);
        var expected = new ModelConfig
        {
            Layers = 3,
            HiddenSize = 48,
            EmbeddingSize = 48,
            Heads = 4,
            IntermediateSize = 96,
            VocabularySize = 1000,
            MaxPositions = 64,
            TypeVocabularySize = 1,
            HiddenActivation = HiddenActivation.GeluNew,
            LayerNormEpsilon = 1e-5,
            Labels = new EquatableArray<string>(["bad", "good"]),
            Head = BertHead.SequenceClassification,
        };
        Assert.Equal(expected, config);
    }

    [Fact]
    public void Albert_has_its_own_defaults()
    {
        ModelConfig? config = Read("""{ "model_type": "albert", "hidden_size": 256 }""");
        Assert.NotNull(config);
        Assert.Equal(BertArchitecture.Albert, config.Architecture);
        Assert.Equal((128, 256, 30000), (config.EmbeddingSize, config.HiddenSize, config.VocabularySize));
        Assert.Equal(HiddenActivation.GeluNew, config.HiddenActivation);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public void DistilBert_has_keys_of_its_own_and_no_token_types(string sinusoidal)
    {
        var expected = new ModelConfig
        {
            Architecture = BertArchitecture.DistilBert,
            Layers = 3,
            HiddenSize = 48,
            EmbeddingSize = 48,
            Heads = 4,
            IntermediateSize = 96,
            VocabularySize = 1000,
            MaxPositions = 64,
            TypeVocabularySize = 0,
            HiddenActivation = HiddenActivation.Relu,
        };
        Assert.Equal(expected, Read($$"""
            {
              "model_type": "distilbert", "n_layers": 3, "dim": 48, "n_heads": 4, "hidden_dim": 96, "vocab_size": 1000,
              "max_position_embeddings": 64, "activation": "relu", "sinusoidal_pos_embds": {{sinusoidal}}, "layer_norm_eps": 0.5
            }
            """));
        ModelConfig defaults = Read("""{ "model_type": "distilbert" }""")!;
        Assert.Equal((6, 768, 12, 3072), (defaults.Layers, defaults.HiddenSize, defaults.Heads, defaults.IntermediateSize));
    }

    [Fact]
    public void Electra_has_narrow_embeddings_by_default()
    {
        ModelConfig config = Read("""{ "model_type": "electra" }""")!;
        Assert.Equal((12, 256, 128, 4, 1024), (config.Layers, config.HiddenSize, config.EmbeddingSize, config.Heads, config.IntermediateSize));
        Assert.Equal(768, Read("""{ "model_type": "electra", "embedding_size": 768, "hidden_size": 768 }""")!.EmbeddingSize);
    }

    [Theory]
    [InlineData("BertForSequenceClassification", "", BertHead.SequenceClassification)]
    [InlineData("AlbertForSequenceClassification", ""","num_labels":1""", BertHead.Regression)]
    [InlineData("BertForSequenceClassification", ""","problem_type":"regression","num_labels":1""", BertHead.Regression)]
    [InlineData("BertForSequenceClassification", ""","problem_type":"single_label_classification","num_labels":1""", BertHead.SequenceClassification)]
    [InlineData("BertForTokenClassification", "", BertHead.TokenClassification)]
    [InlineData("BertForQuestionAnswering", "", BertHead.QuestionAnswering)]
    [InlineData("BertModel", "", BertHead.Encoder)]
    [InlineData("BertForMaskedLM", "", BertHead.MaskedLanguageModel)]
    [InlineData("DistilBertForMaskedLM", ",\"model_type\":\"distilbert\"", BertHead.MaskedLanguageModel)]
    [InlineData("DistilBertModel", ",\"model_type\":\"distilbert\"", BertHead.Encoder)]
    [InlineData("ElectraForQuestionAnswering", ",\"model_type\":\"electra\"", BertHead.QuestionAnswering)]
    public void The_head_follows_the_architecture(string architecture, string rest, BertHead expected) =>
        Assert.Equal(expected, Read($$"""{ "architectures": ["{{architecture}}"]{{rest}} }""")?.Head);

    [Theory]
    [InlineData("gelu", HiddenActivation.Gelu)]
    [InlineData("gelu_python", HiddenActivation.Gelu)]
    [InlineData("gelu_new", HiddenActivation.GeluNew)]
    [InlineData("gelu_fast", HiddenActivation.GeluNew)]
    [InlineData("gelu_pytorch_tanh", HiddenActivation.GeluNew)]
    [InlineData("tanh", HiddenActivation.Tanh)]
    [InlineData("relu", HiddenActivation.Relu)]
    [InlineData("silu", HiddenActivation.Silu)]
    [InlineData("swish", HiddenActivation.Silu)]
    [InlineData("quick_gelu", HiddenActivation.QuickGelu)]
    public void Activation_functions_have_the_names_of_hugging_face(string name, HiddenActivation expected)
    {
        Assert.Equal(expected, Read($$"""{ "hidden_act": "{{name}}" }""")!.HiddenActivation);
        Assert.Equal(expected, Read($$"""{ "model_type": "electra", "hidden_act": "{{name}}" }""")!.HiddenActivation);
        Assert.Equal(expected, Read($$"""{ "model_type": "distilbert", "activation": "{{name}}" }""")!.HiddenActivation);
    }

    [Fact]
    public void Labels_have_default_names() =>
        Assert.Equal(["LABEL_0", "LABEL_1", "LABEL_2"], Read("""{ "num_labels": 3 }""")!.Labels);

    [Theory]
    [InlineData("", "QG1202", "is not JSON: line 1, column 1")]
    [InlineData("[]", "QG1202", "must hold a JSON object")]
    [InlineData("""{"hidden_size":0}""", "QG1203", "'hidden_size' must be a positive whole number, and it is '0'")]
    [InlineData("""{"hidden_size":1.5}""", "QG1203", "'1.5'")]
    [InlineData("""{"hidden_size":-1}""", "QG1203", "'-1'")]
    [InlineData("""{"hidden_size":3e9}""", "QG1203", "'3000000000'")]
    [InlineData("""{"hidden_size":"768"}""", "QG1203", "'768'")]
    [InlineData("""{"num_attention_heads":[1]}""", "QG1203", "and it is a list")]
    [InlineData("""{"vocab_size":{}}""", "QG1203", "and it is an object")]
    [InlineData("""{"type_vocab_size":true}""", "QG1203", "and it is true")]
    [InlineData("""{"layer_norm_eps":1}""", "QG1203", "a number from 0 to 1")]
    [InlineData("""{"layer_norm_eps":-1e-12}""", "QG1203", "a number from 0 to 1")]
    [InlineData("""{"model_type":3}""", "QG1203", "must be a text")]
    [InlineData("""{"id2label":{"0":"a","2":"b"}}""", "QG1203", "must map \"0\" to \"1\" to texts")]
    [InlineData("""{"id2label":{"0":true}}""", "QG1203", "to texts")]
    [InlineData("""{"model_type":"roberta"}""", "QG1204", "'model_type' is 'roberta', and only 'bert', 'albert', 'distilbert' or 'electra' can be generated")]
    [InlineData("""{"hidden_act":"mish"}""", "QG1204", "'hidden_act' is 'mish'")]
    [InlineData("""{"hidden_act":"mish"}""", "QG1204", "'gelu', 'gelu_python'")]
    [InlineData("""{"hidden_act":"ReLU"}""", "QG1204", "'hidden_act' is 'ReLU'")]
    [InlineData("""{"model_type":"distilbert","activation":"mish"}""", "QG1204", "'activation' is 'mish'")]
    [InlineData("""{"architectures":["BertForPreTraining"]}""", "QG1204", "'architectures' is 'BertForPreTraining'")]
    [InlineData("""{"architectures":["BertForNextSentencePrediction"]}""", "QG1204", "'architectures' is 'BertForNextSentencePrediction'")]
    [InlineData("""{"model_type":"electra","architectures":["ElectraForPreTraining"]}""", "QG1204", "'architectures' is 'ElectraForPreTraining'")]
    [InlineData("""{"position_embedding_type":"relative_key"}""", "QG1204", "'absolute'")]
    [InlineData("""{"is_decoder":true}""", "QG1204", "'false'")]
    [InlineData("""{"add_cross_attention":true}""", "QG1204", "'false'")]
    [InlineData("""{"model_type":"albert","num_hidden_groups":2}""", "QG1204", "'num_hidden_groups' is '2'")]
    [InlineData("""{"model_type":"albert","inner_group_num":2}""", "QG1204", "'inner_group_num' is '2'")]
    [InlineData(
        """{"architectures":["BertForSequenceClassification"],"num_labels":1,"sbert_ce_default_activation_function":"torch.nn.ReLU"}""",
        "QG1204", "'activation_fn' is 'torch.nn.ReLU'")]
    public void What_is_wrong_is_one_issue(string json, string id, string message)
    {
        var issues = new List<SpecIssue>();
        Assert.Null(ModelConfigReader.Read(json, "config.json", issues));
        SpecIssue issue = Assert.Single(issues);
        Assert.Equal(id, issue.Id);
        Assert.StartsWith("Config 'config.json'", issue.Message);
        Assert.Contains(message, issue.Message);
    }

    [Theory]
    [InlineData("sst2", BertArchitecture.Bert, BertHead.SequenceClassification)]
    [InlineData("sst2-albert", BertArchitecture.Albert, BertHead.SequenceClassification)]
    [InlineData("stsb", BertArchitecture.Bert, BertHead.Regression)]
    [InlineData("trec", BertArchitecture.Bert, BertHead.SequenceClassification)]
    [InlineData("sotu-mlm", BertArchitecture.Bert, BertHead.MaskedLanguageModel)]
    [InlineData("tiny/bert-relu", BertArchitecture.Bert, BertHead.SequenceClassification)]
    [InlineData("tiny/bert-silu", BertArchitecture.Bert, BertHead.SequenceClassification)]
    [InlineData("tiny/bert-tanh", BertArchitecture.Bert, BertHead.SequenceClassification)]
    [InlineData("tiny/distilbert-cls", BertArchitecture.DistilBert, BertHead.SequenceClassification)]
    [InlineData("tiny/electra-emb", BertArchitecture.Electra, BertHead.SequenceClassification)]
    [Trait("Category", "Shared")]
    public void Real_files_describe_models(string model, BertArchitecture architecture, BertHead head)
    {
        ModelConfig? config = Read(File.ReadAllText(SharedFiles.Path($"models/{model}/config.json")));
        Assert.NotNull(config);
        Assert.Equal(architecture, config.Architecture);
        Assert.Equal(head, config.Head);
        var issues = new List<SpecIssue>();
        var options = new SpecOptions { Bits = 4, Head = head, LabelCount = config.Labels.Count, MaxSequenceLength = Math.Min(128, config.MaxPositions) };
        Assert.NotNull(SpecBuilder.Build(config, options, issues));
        Assert.Empty(issues);
    }

    private static ModelConfig? Read(string json)
    {
        var issues = new List<SpecIssue>();
        ModelConfig? config = ModelConfigReader.Read(json, "config.json", issues);
        Assert.Empty(issues);
        return config;
    }
}
