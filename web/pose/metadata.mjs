// Give a TFLite model metadata without touching what it holds.
//
// A TFLite file is a flatbuffer: tables that point forward to their parts. So a new root can be put
// in front: it points to the parts of the old root, and to a list of buffers with one more in it.
// Layouts: tensorflow/compiler/mlir/lite/schema/schema.fbs (Model, Buffer, Metadata) and
// tensorflow/lite/schema/metadata_schema.fbs in the sources of TensorFlow and MediaPipe.

import { Builder } from "flatbuffers";

const MODEL = { version: 0, codes: 1, subgraphs: 2, description: 3, buffers: 4, metadata: 6, signatures: 7 };
const METADATA_NAME = "TFLITE_METADATA";
const NORMALIZATION = 1; // ProcessUnitOptions
const IMAGE = 2; // ContentProperties
const RGB = 1; // ColorSpaceType
const ALIGN = 16;

/** The model with the mean and deviation by which its pictures are scaled. */
export function withScaling(model, { mean, deviation }) {
  const metadata = describeScaling(mean, deviation);
  const old = readRoot(model);
  const front = new Front();
  front.root(old, metadata);
  return Buffer.concat([front.finish(), model]);
}

function describeScaling(mean, deviation) {
  const b = new Builder(256);
  const floats = (value) => {
    b.startVector(4, 1, 4);
    b.addFloat32(value);
    return b.endVector();
  };
  const table = (fields, size) => {
    b.startObject(size);
    for (const add of fields) add();
    return b.endObject();
  };
  const vector = (offset) => {
    b.startVector(4, 1, 4);
    b.addOffset(offset);
    return b.endVector();
  };
  const [means, deviations] = [floats(mean), floats(deviation)];
  const options = table([() => b.addFieldOffset(0, means, 0), () => b.addFieldOffset(1, deviations, 0)], 2);
  const unit = table([() => b.addFieldInt8(0, NORMALIZATION, 0), () => b.addFieldOffset(1, options, 0)], 2);
  const units = vector(unit);
  const image = table([() => b.addFieldInt8(0, RGB, 0)], 2);
  const content = table([() => b.addFieldInt8(0, IMAGE, 0), () => b.addFieldOffset(1, image, 0)], 3);
  const name = b.createString("image");
  const tensor = table(
    [() => b.addFieldOffset(0, name, 0), () => b.addFieldOffset(3, content, 0), () => b.addFieldOffset(4, units, 0)],
    7,
  );
  const tensors = vector(tensor);
  const subgraph = table([() => b.addFieldOffset(2, tensors, 0)], 7);
  const subgraphs = vector(subgraph);
  const version = b.createString("1.0.0");
  const root = table([() => b.addFieldOffset(3, subgraphs, 0), () => b.addFieldOffset(7, version, 0)], 8);
  b.finish(root, "M001");
  return Buffer.from(b.asUint8Array());
}

/** Where the parts of a model are, in bytes from its start; null where a part is missing. */
function readRoot(model) {
  const root = model.readUInt32LE(0);
  const fields = root - model.readInt32LE(root);
  const size = model.readUInt16LE(fields);
  const place = (field) => {
    const at = 4 + 2 * field;
    const shift = at < size ? model.readUInt16LE(fields + at) : 0;
    return shift ? root + shift : null;
  };
  const follow = (field) => {
    const at = place(field);
    return at === null ? null : at + model.readUInt32LE(at);
  };
  const list = (field) => {
    const at = follow(field);
    if (at === null) return [];
    const entry = (number) => at + 4 + 4 * number;
    return Array.from({ length: model.readUInt32LE(at) }, (_, n) => entry(n) + model.readUInt32LE(entry(n)));
  };
  return {
    version: model.readUInt32LE(place(MODEL.version)),
    parts: [MODEL.codes, MODEL.subgraphs, MODEL.description, MODEL.signatures].map((field) => [field, follow(field)]),
    buffers: list(MODEL.buffers),
    metadata: list(MODEL.metadata),
  };
}

/** What is put in front of a model; pointers into the model are set when its place is known. */
class Front {
  bytes = [];
  inside = []; // [where a pointer is, what it points to inside this front]
  behind = []; // [where a pointer is, what it points to inside the model]

  get here() {
    return this.bytes.length;
  }

  uint32(value) {
    const at = this.here;
    this.bytes.push(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value >>> 24) & 255);
    return at;
  }

  uint16(value) {
    this.bytes.push(value & 255, value >>> 8);
  }

  align(size, before = 0) {
    while ((this.here + before) % size) this.bytes.push(0);
  }

  /** A table of fields of four bytes; returns [its place, field -> place]. */
  table(fieldCount, present) {
    this.align(4);
    const fields = this.here;
    this.uint16(4 + 2 * fieldCount);
    this.uint16(4 + 4 * present.length);
    for (let field = 0; field < fieldCount; field += 1) {
      this.uint16(present.includes(field) ? 4 + 4 * present.indexOf(field) : 0);
    }
    this.align(4);
    const at = this.here;
    this.uint32(at - fields);
    return [at, new Map(present.map((field) => [field, this.uint32(0)]))];
  }

  set(at, value) {
    [0, 8, 16, 24].forEach((shift, byte) => (this.bytes[at + byte] = (value >>> shift) & 255));
  }

  root(old, metadata) {
    const start = this.uint32(0);
    this.bytes.push(...Buffer.from("TFL3"));
    const present = old.parts.filter(([, at]) => at !== null).map(([field]) => field);
    const [root, fields] = this.table(8, [MODEL.version, ...present, MODEL.buffers, MODEL.metadata]);
    this.set(start, root);
    this.set(fields.get(MODEL.version), old.version);
    for (const [field, at] of old.parts) if (at !== null) this.behind.push([fields.get(field), at]);
    const buffer = this.list(fields.get(MODEL.buffers), old.buffers);
    const record = this.list(fields.get(MODEL.metadata), old.metadata);
    const [bufferAt, bufferFields] = this.table(1, [0]);
    this.inside.push([buffer, bufferAt]);
    const [recordAt, recordFields] = this.table(2, [0, 1]);
    this.inside.push([record, recordAt]);
    this.set(recordFields.get(1), old.buffers.length);
    this.inside.push([recordFields.get(0), this.here]);
    this.uint32(METADATA_NAME.length);
    this.bytes.push(...Buffer.from(`${METADATA_NAME}\0`));
    this.align(ALIGN, 4);
    this.inside.push([bufferFields.get(0), this.here]);
    this.uint32(metadata.length);
    this.bytes.push(...metadata);
  }

  /** A list of what the model has, and one more; returns the place of the last pointer. */
  list(pointer, targets) {
    this.inside.push([pointer, this.here]);
    this.uint32(targets.length + 1);
    for (const target of targets) this.behind.push([this.uint32(0), target]);
    return this.uint32(0);
  }

  finish() {
    this.align(ALIGN);
    for (const [at, target] of this.inside) this.set(at, target - at);
    for (const [at, target] of this.behind) this.set(at, this.here + target - at);
    return Buffer.from(this.bytes);
  }
}
