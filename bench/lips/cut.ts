import { type Field, field, fields } from './protobuf.ts';

/** Field numbers of onnx.proto3 (ModelProto, GraphProto, NodeProto, ValueInfoProto, …), as far as they matter here. */
const MODEL_GRAPH = 7;
const GRAPH = { node: 1, input: 11, output: 12 };
const NODE = { input: 1, output: 2 };
const VALUE = { name: 1, type: 2 };
const FLOAT32 = Uint8Array.of(8, 1);

/** A float32 tensor at the edge of a network; a string is a free dimension. */
export interface Edge {
  name: string;
  dims: readonly (number | string)[];
}

/**
 * The part of an ONNX model between `input` (any tensor inside it) and `output`: only the nodes that part needs, with
 * those of the model's own inputs that it still reads. Throws RangeError when no node makes `output`.
 */
export function cutNetwork(model: Uint8Array, { input, output }: { input?: Edge; output: Edge }): Uint8Array {
  return Buffer.concat(
    [...fields(model)].map(({ number, raw, value }) =>
      number === MODEL_GRAPH ? field(MODEL_GRAPH, cutGraph(value, input, output)) : raw,
    ),
  );
}

function cutGraph(graph: Uint8Array, input: Edge | undefined, output: Edge): Uint8Array {
  const parts = [...fields(graph)];
  const makers = new Map<string, { part: Field; inputs: string[] }>();
  for (const part of parts.filter(({ number }) => number === GRAPH.node)) {
    const inputs = texts(part.value, NODE.input);
    for (const name of texts(part.value, NODE.output)) makers.set(name, { part, inputs });
  }
  if (!makers.has(output.name)) throw new RangeError(`the network has no tensor ${output.name}`);
  const read = new Set<string>();
  const kept = new Set<Field>();
  const need = (name: string): void => {
    if (read.has(name)) return;
    read.add(name);
    const maker = name === input?.name ? undefined : makers.get(name);
    if (!maker) return;
    kept.add(maker.part);
    maker.inputs.forEach(need);
  };
  need(output.name);
  const stays = (part: Field): boolean => {
    if (part.number === GRAPH.node) return kept.has(part);
    if (part.number === GRAPH.input) return texts(part.value, VALUE.name).some((name) => read.has(name));
    return part.number !== GRAPH.output;
  };
  return Buffer.concat([
    ...parts.filter(stays).map(({ raw }) => raw),
    ...(input ? [field(GRAPH.input, valueInfo(input))] : []),
    field(GRAPH.output, valueInfo(output)),
  ]);
}

const texts = (message: Uint8Array, number: number): string[] =>
  [...fields(message)].filter((part) => part.number === number).map(({ value }) => text(value));

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

/** ValueInfoProto: name, TypeProto{tensor_type{elem_type, shape{dim{dim_value | dim_param}}}}. */
function valueInfo({ name, dims }: Edge): Uint8Array {
  const shape = dims.map((dim) =>
    field(1, typeof dim === 'string' ? field(2, Buffer.from(dim)) : Uint8Array.of(8, dim)),
  );
  const tensor = Buffer.concat([FLOAT32, field(2, Buffer.concat(shape))]);
  return Buffer.concat([field(VALUE.name, Buffer.from(name)), field(VALUE.type, field(1, tensor))]);
}
