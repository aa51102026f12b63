// Trained networks in the browser: ONNX Runtime as WebAssembly, on one thread, with its files from this site.

import { Refusal } from "./refusal.js";

const RUNTIME = new URL("../onnxruntime/", import.meta.url).href;
let runtime;

/** Load ONNX Runtime, once. */
function start() {
  if (typeof WebAssembly === "undefined") {
    throw new Error("your browser has no WebAssembly, with which it would run the network. Try a newer browser.");
  }
  runtime ??= import(`${RUNTIME}ort.wasm.min.mjs`).then((ort) => {
    Object.assign(ort.env.wasm, { wasmPaths: RUNTIME, numThreads: 1 });
    return ort;
  });
  return runtime;
}

/** A network: named arrays in, named arrays out. */
export class Network {
  /** Load `<name>.onnx` of the demo's folder. */
  static async open(files, name) {
    const ort = await start();
    const file = await files.bytes(`${name}.onnx`);
    try {
      return new Network(ort, await ort.InferenceSession.create(file, { executionProviders: ["wasm"] }));
    } catch (error) {
      console.error(error);
      throw new Error(`${name}.onnx arrived damaged, or there is too little memory for it. Close other pages, and load this one again.`);
    }
  }

  constructor(ort, session) {
    Object.assign(this, { ort, session });
  }

  /** Run the network.
   *
   * `inputs` has one `[values, shape]` for each input, in the network's order: a Float32Array and its dimensions.
   * Returns one Float32Array for each output, by name.
   */
  async run(...inputs) {
    return dataOf(await this.answer(inputs));
  }

  /** The same, with the tensors of ONNX Runtime in place of arrays. */
  async answer(inputs) {
    const { ort, session } = this;
    const named = inputs.map(([values, shape], k) => [session.inputNames[k], new ort.Tensor("float32", values, shape)]);
    try {
      return await session.run(Object.fromEntries(named));
    } catch (error) {
      console.error(error);
      throw new Refusal("Your device could not run the network. Close other pages, and try again.");
    }
  }
}

const dataOf = (answer) => Object.fromEntries(Object.entries(answer).map(([name, { data }]) => [name, data]));

/** Two networks one after the other: the second gets what the first gives, maps before vectors. */
export class Chain {
  constructor(first, second) {
    Object.assign(this, { first, second });
  }

  async run(...inputs) {
    const between = Object.values(await this.first.answer(inputs));
    between.sort((a, b) => b.dims.length - a.dims.length);
    return this.second.run(...between.map(({ data, dims }) => [data, dims]));
  }
}
