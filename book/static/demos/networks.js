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
    const { ort, session } = this;
    const named = inputs.map(([values, shape], k) => [session.inputNames[k], new ort.Tensor("float32", values, shape)]);
    try {
      const answer = await session.run(Object.fromEntries(named));
      return Object.fromEntries(Object.entries(answer).map(([name, { data }]) => [name, data]));
    } catch (error) {
      console.error(error);
      throw new Refusal("Your device could not run the network. Close other pages, and try again.");
    }
  }
}
