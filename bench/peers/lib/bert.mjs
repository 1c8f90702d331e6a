// Builds BERT with a classification head from the fused operators that ONNX Runtime has for it.
import { Graph } from './onnx.mjs';
import { linearLayers } from './linear.mjs';

// recipe: which operators, see recipes.mjs. mask: 'none', 'raw' (0 or 1 for each token) or 'lengths' (of each sequence).
// output: 'logits', or 'hidden' for the last hidden states.
export function buildBert({ config, weights, recipe, mask = 'none', output = 'logits' }) {
  return new BertGraph(config, weights, recipe, mask).encode(output);
}

class BertGraph {
  constructor(config, weights, recipe, mask) {
    this.config = config;
    this.weights = weights;
    this.recipe = recipe;
    this.mask = mask;
    this.graph = new Graph();
    this.layers = linearLayers(this.graph, recipe);
  }

  encode(output) {
    const { hidden_size: hidden, num_hidden_layers: layers } = this.config;
    let [x, mask] = this.#embeddings();
    for (let layer = 0; layer < layers; layer++) {
      x = this.#layer(x, mask, `bert.encoder.layer.${layer}`);
    }
    if (output === 'hidden') {
      this.graph.output('hidden', x, ['batch', 'length', hidden]);
    } else {
      this.graph.output('logits', this.#head(x), ['batch', Object.keys(this.config.id2label).length]);
    }
    return this.graph.encode();
  }

  #embeddings() {
    const { hidden_size: hidden, vocab_size: words, max_position_embeddings: positions, type_vocab_size: types } = this.config;
    const shape = ['batch', 'length'];
    const ids = this.graph.input('input_ids', shape);
    const segments = this.graph.input('token_type_ids', shape);
    const raw = this.mask === 'none' ? null : this.graph.input('attention_mask', shape);
    const table = (name, rows) => this.#constant(`bert.embeddings.${name}.weight`, [rows, hidden]);
    const tables = [table('word_embeddings', words), table('position_embeddings', positions), table('token_type_embeddings', types)];
    const norm = this.#norm('bert.embeddings.LayerNorm');
    const [x, lengths] = this.graph.node('EmbedLayerNormalization', [ids, segments, ...tables, ...norm, raw], this.#epsilon, 2);
    return [x, { none: null, raw, lengths }[this.mask]];
  }

  #layer(x, mask, name) {
    const { hidden_size: hidden, intermediate_size: intermediate } = this.config;
    const context = this.#attention(x, mask, `${name}.attention.self`);
    const attended = this.#addAndNormalize(context, x, `${name}.attention.output`, hidden, hidden);
    const wide = this.#gelu(attended, `${name}.intermediate.dense`, intermediate, hidden);
    return this.#addAndNormalize(wide, attended, `${name}.output`, hidden, intermediate);
  }

  #attention(x, mask, name) {
    const { hidden_size: hidden, num_attention_heads: heads } = this.config;
    const parts = ['query', 'key', 'value'].map((part) => `${name}.${part}`);
    const matrices = parts.map((part) => this.#matrix(part, hidden, hidden));
    const bias = this.graph.constant(`${name}.bias`, [3 * hidden], join(parts.map((part) => this.weights(`${part}.bias`, hidden))));
    const all = { values: join(matrices.map((matrix) => matrix.values)), outputs: 3 * hidden, inputs: hidden };
    if (this.recipe.attention === 'fused') {
      return this.layers.attention(x, name, all, bias, mask, heads);
    }
    const qkv =
      this.recipe.attention === 'joined'
        ? this.graph.node('Split', [this.layers.product(x, name, all)], { axis: 2 }, 3)
        : matrices.map((matrix, i) => this.layers.product(x, parts[i], matrix));
    return this.graph.node('MultiHeadAttention', [...qkv, bias, mask], { num_heads: heads });
  }

  // A product whose bias is added by itself or by the operator that comes next.
  #product(x, name, outputs, inputs) {
    const bias = this.#constant(`${name}.bias`, [outputs]);
    const isOwn = this.recipe.bias === 'own';
    const product = this.layers.product(x, name, this.#matrix(name, outputs, inputs), isOwn ? bias : null);
    return [product, isOwn ? null : bias];
  }

  #addAndNormalize(x, residual, name, outputs, inputs) {
    const [product, bias] = this.#product(x, `${name}.dense`, outputs, inputs);
    return this.graph.node('SkipLayerNormalization', [product, residual, ...this.#norm(`${name}.LayerNorm`), bias], this.#epsilon);
  }

  #gelu(x, name, outputs, inputs) {
    const [product, bias] = this.#product(x, name, outputs, inputs);
    return bias === null ? this.graph.node('Gelu', [product]) : this.graph.node('BiasGelu', [product, bias]);
  }

  #head(x) {
    const { hidden_size: hidden } = this.config;
    const labels = Object.keys(this.config.id2label).length;
    const first = this.graph.node('Gather', [x, this.graph.scalar(BigInt64Array.of(0n))], { axis: 1 });
    const [product, bias] = this.#product(first, 'bert.pooler.dense', hidden, hidden);
    const pooled = this.graph.node('Tanh', [bias === null ? product : this.graph.node('Add', [product, bias])]);
    const weight = this.#constant('classifier.weight', [labels, hidden]);
    return this.graph.node('Gemm', [pooled, weight, this.#constant('classifier.bias', [labels])], { transB: 1 });
  }

  #matrix(name, outputs, inputs) {
    return { values: this.weights(`${name}.weight`, outputs * inputs), outputs, inputs };
  }

  #norm(name) {
    const { hidden_size: hidden } = this.config;
    return [this.#constant(`${name}.weight`, [hidden]), this.#constant(`${name}.bias`, [hidden])];
  }

  #constant(name, dims) {
    return this.graph.constant(
      name,
      dims,
      this.weights(
        name,
        dims.reduce((count, size) => count * size, 1),
      ),
    );
  }

  get #epsilon() {
    return { epsilon: this.config.layer_norm_eps };
  }
}

function join(arrays) {
  const joined = new Float32Array(arrays.reduce((count, array) => count + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    joined.set(array, at);
    at += array.length;
  }
  return joined;
}
