// Collects the nodes and constants of an ONNX graph and encodes them.
import onnxProto from 'onnx-proto';

const { onnx } = onnxProto;
const { FLOAT, UINT8, INT8, INT32, INT64 } = onnx.TensorProto.DataType;
const Opset = 17;

// Which domain an operator is from: those that ONNX Runtime adds to the standard.
const contributed = new Set([
  'Attention',
  'BiasGelu',
  'DynamicQuantizeMatMul',
  'EmbedLayerNormalization',
  'FastGelu',
  'Gelu',
  'MatMulNBits',
  'MultiHeadAttention',
  'QAttention',
  'SkipLayerNormalization',
]);

const dataTypes = new Map([
  [Float32Array, FLOAT],
  [Uint8Array, UINT8],
  [Int8Array, INT8],
  [Int32Array, INT32],
  [BigInt64Array, INT64],
]);

export class Graph {
  #nodes = [];
  #constants = new Map();
  #inputs = [];
  #outputs = [];
  #values = 0;

  input(name, dims) {
    this.#inputs.push(valueInfo(name, INT32, dims));
    return name;
  }

  output(name, value, dims) {
    this.#nodes.push(onnx.NodeProto.create({ opType: 'Identity', input: [value], output: [name] }));
    this.#outputs.push(valueInfo(name, FLOAT, dims));
  }

  // Adds a constant; a name can be used again for the same values.
  constant(name, dims, values) {
    if (!this.#constants.has(name)) {
      const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      const dataType = dataTypes.get(values.constructor);
      this.#constants.set(name, onnx.TensorProto.create({ name, dims, dataType, rawData }));
    }
    return name;
  }

  scalar(value) {
    const kind = value.constructor.name.replace('Array', '');
    return this.constant(`${kind}.${value[0]}`, [], value);
  }

  // Adds a node with one output or, when outputs are asked for, a list; an input that is null is left out.
  node(opType, inputs, attributes = {}, outputs = 1) {
    const output = Array.from({ length: outputs }, () => `v${this.#values++}`);
    this.#nodes.push(
      onnx.NodeProto.create({
        opType,
        name: `${opType}.${output[0]}`,
        domain: contributed.has(opType) ? 'com.microsoft' : '',
        input: inputs.map((name) => name ?? ''),
        output,
        attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
      }),
    );
    return outputs === 1 ? output[0] : output;
  }

  encode() {
    const model = onnx.ModelProto.create({
      irVersion: 8,
      opsetImport: [
        { domain: '', version: Opset },
        { domain: 'com.microsoft', version: 1 },
      ],
      graph: {
        name: 'bert',
        node: this.#nodes,
        initializer: [...this.#constants.values()],
        input: this.#inputs,
        output: this.#outputs,
      },
    });
    return onnx.ModelProto.encode(model).finish();
  }
}

function valueInfo(name, elemType, dims) {
  const dim = dims.map((size) => (typeof size === 'string' ? { dimParam: size } : { dimValue: size }));
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}

// Numbers named here are floats even when they are whole; all others are integers.
const floatAttributes = new Set(['epsilon', 'scale']);

function attribute(name, value) {
  const { FLOAT: Float, INT, INTS } = onnx.AttributeProto.AttributeType;
  if (Array.isArray(value)) {
    return { name, type: INTS, ints: value };
  }
  return floatAttributes.has(name) ? { name, type: Float, f: value } : { name, type: INT, i: value };
}
