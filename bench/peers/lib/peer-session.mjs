// ONNX Runtime with one graph and one workload.
import ort from 'onnxruntime-node';
import { buildBert } from './bert.mjs';
import { sessionOptions } from './session-options.mjs';

export class PeerSession {
  #session;
  #feeds;

  static async create({ config, weights, recipe, threads, order, batches, output }) {
    const mask = recipe.mask ?? 'none';
    const peer = new PeerSession();
    peer.#session = await ort.InferenceSession.create(buildBert({ config, weights, recipe, mask, output }), sessionOptions(threads));
    peer.#feeds = inOrder(batches, order).map((batch) => feeds(batch, mask !== 'none'));
    return peer;
  }

  // Runs all batches once and gets the milliseconds that took.
  async time() {
    const start = performance.now();
    for (const each of this.#feeds) {
      await this.#session.run(each);
    }
    return performance.now() - start;
  }

  // Gets the outputs of every batch, which are checked to be finite.
  async outputs() {
    const results = [];
    for (const each of this.#feeds) {
      const [{ data }] = Object.values(await this.#session.run(each));
      if (!data.every(Number.isFinite)) {
        throw new Error('the graph gives numbers that are not finite');
      }
      results.push(data);
    }
    return results;
  }

  release() {
    return this.#session.release();
  }
}

// Rows of texts become batches again when they are wanted in order of length.
function inOrder(batches, order) {
  if (order !== 'length') {
    return batches;
  }
  const rows = batches.flat().sort((a, b) => a.ids.length - b.ids.length);
  return batches.map((batch, i) => rows.slice(i * batches[0].length, i * batches[0].length + batch.length));
}

// Pads a batch to its longest row.
function feeds(batch, isMasked) {
  const length = Math.max(...batch.map((row) => row.ids.length));
  const fill = (value) => {
    const data = new Int32Array(batch.length * length);
    batch.forEach((row, i) => data.set(value(row), i * length));
    return new ort.Tensor('int32', data, [batch.length, length]);
  };
  const tensors = { input_ids: fill((row) => row.ids), token_type_ids: fill((row) => row.typeIds) };
  return isMasked ? { ...tensors, attention_mask: fill((row) => row.ids.map(() => 1)) } : tensors;
}
