// The latent explorer in JavaScript: it answers as gancourse/teaching/widgets/explorer.py does. It has the brains of
// some seeds only, since its random numbers are not NumPy's, and no attribute that needs a gradient.

import { move, predict, slerp } from "./latent_space.js";
import { Refusal } from "./refusal.js";

const REACH = 3.5; // of a raw dimension
const MOST = 1e6; // of an attribute, whatever its unit
const ENLARGED = 8; // times, in a saved picture

function checkNumber(name, value, low, high) {
  if (typeof value === "number" && value >= low && value <= high) return value;
  throw new Refusal(`${name}=${value}: expected a number from ${low} to ${high}`);
}

function checkWhole(name, value, high) {
  if (Number.isInteger(value) && value >= 0 && value <= high) return value;
  throw new Refusal(`${name}=${value}: expected a whole number from 0 to ${high}`);
}

function checkChoice(name, value, choices) {
  if (choices.includes(value)) return value;
  throw new Refusal(`${name} '${value}': expected one of ${choices.join(", ")}`);
}

/** A picture of gray pixels as PNG, enlarged smoothly, with the patient's right and left marked. */
async function toPng(pixels, [height, width]) {
  const small = new OffscreenCanvas(width, height);
  const image = new ImageData(width, height);
  pixels.forEach((value, k) => image.data.set([value, value, value, 255], 4 * k));
  small.getContext("2d").putImageData(image, 0, 0);
  const canvas = new OffscreenCanvas(ENLARGED * width, ENLARGED * height);
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(small, 0, 0, canvas.width, canvas.height);
  Object.assign(context, { fillStyle: "white", font: `${canvas.width / 24}px sans-serif`, textBaseline: "middle" });
  context.fillText("R", 6, canvas.height / 2);
  context.textAlign = "right";
  context.fillText("L", canvas.width - 6, canvas.height / 2);
  return (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer();
}

/** The brain that is shown, and the moves from it to others.
 *
 * `facts.sources` say of each generator its name, modality, size and directions; `facts.latents` are those of the
 * seeds 0, 1, ... `load(name)` gives a function that paints latents: uint8 pixels, or a promise of them.
 */
export class Explorer {
  static async open(facts, load) {
    const [source] = facts.sources;
    return new Explorer(facts, load, source, await load(source.name));
  }

  constructor(facts, load, source, paint) {
    Object.assign(this, { facts, load, source, paint, psi: 1, anchors: {} });
    this.chooseSeed(0);
  }

  apply(command) {
    const { name, value } = command;
    const carryOut = {
      weights: () => this.setWeights(value),
      seed: () => this.chooseSeed(this.checkSeed(value)),
      new: () => this.chooseSeed((this.seed + 1) % this.facts.latents.length),
      truncation: () => this.truncate(value),
      attribute: () => this.setAttribute(name, value),
      dimension: () => this.setDimension(name, value),
      keep: () => this.keep(value),
      path: () => this.go(value),
      png: () => this.png(),
      code: () => ({ message: { code: this.code() } }),
    };
    if (!Object.hasOwn(carryOut, command.do)) throw new Error(`command ${command.do}: unknown`);
    return carryOut[command.do]();
  }

  /** Show another generator's brain of the same seed. Its latents mean other things: anchors go. */
  async setWeights(name) {
    const { sources } = this.facts;
    checkChoice("weights", name, sources.map((source) => source.name));
    const source = sources.find((each) => each.name === name);
    try {
      this.paint = await this.load(name);
    } catch (error) {
      throw new Refusal(`${source.modality} could not be loaded: ${error.message}`);
    }
    Object.assign(this, { source, anchors: {} });
    this.chooseSeed(this.seed);
    return { state: { _anchors: {} } };
  }

  checkSeed(seed) {
    const last = this.facts.latents.length - 1;
    if (Number.isInteger(seed) && seed >= 0 && seed <= last) return seed;
    throw new Refusal(`This page has the brains of the seeds 0 to ${last}. A notebook has all others, too.`);
  }

  chooseSeed(seed) {
    this.startFrom(Float32Array.from(this.facts.latents[seed], (number) => Math.fround(number) * Math.fround(this.psi)));
    Object.assign(this, { seed, position: null });
  }

  truncate(psi) {
    this.psi = checkNumber("truncation", psi, 0, 1);
    this.chooseSeed(this.seed);
  }

  /** Move to where the regression expects `value` of an attribute, and of the others what they were. */
  setAttribute(name, value) {
    const { attributes } = this.source;
    checkChoice("attribute", name, attributes.map((attribute) => attribute.name));
    checkNumber(name, value, -MOST, MOST);
    if (this.dimensions.size) this.startFrom(this.latent);
    this.targets.set(name, value);
    const known = predict(this.source, this.start);
    const wanted = attributes.map((attribute, k) => this.targets.get(attribute.name) ?? known[k]);
    this.latent = Float32Array.from(move(this.source, this.start, wanted));
  }

  /** Set one of the latent's numbers. */
  setDimension(index, value) {
    checkWhole("dimension", index, this.latent.length - 1);
    checkNumber(`dimension ${index}`, value, -REACH, REACH);
    if (this.targets.size) this.startFrom(this.latent);
    this.dimensions.set(index, value);
    this.latent = Float32Array.from(this.start, (number, k) => this.dimensions.get(k) ?? number);
  }

  async keep(anchor) {
    checkChoice("anchor", anchor, ["A", "B"]);
    const pictures = {};
    const anchors = { ...this.anchors, [anchor]: this.latent };
    for (const [name, latent] of Object.entries(anchors)) pictures[name] = await this.paint(latent);
    this.anchors = anchors;
    return { state: { _anchors: pictures } };
  }

  /** Show a brain on the path over the sphere from A (0) to B (1). */
  go(position) {
    const missing = ["A", "B"].filter((name) => !this.anchors[name]);
    if (missing.length) throw new Refusal(`path: keep a brain as ${missing.join(" and one as ")} first`);
    checkNumber("position", position, 0, 1);
    const { A, B } = this.anchors;
    this.startFrom(Float32Array.from(slerp(A, B, position)));
    this.position = position;
  }

  startFrom(latent) {
    Object.assign(this, { latent, start: latent, targets: new Map(), dimensions: new Map() });
  }

  get shape() {
    return [this.source.size, this.source.size];
  }

  async png() {
    const buffer = await toPng(await this.paint(this.latent), this.shape);
    return { message: { png: `${this.source.name}-seed${this.seed}.png` }, buffers: [buffer] };
  }

  /** The Python that paints this very image. */
  code() {
    const numbers = Array.from(this.latent, (number) => String(+number.toPrecision(9)));
    const lines = [];
    for (let k = 0; k < numbers.length; k += 8) lines.push(`    ${numbers.slice(k, k + 8).join(", ")},\n`);
    return `import numpy as np\n\nfrom gancourse.teaching.widgets.explorer import painter\n\nlatent = np.array([\n${
      lines.join("")}], np.float32)\nimage = painter("${this.source.name}")(latent)  # (H, W) uint8\n`;
  }

  async frame() {
    const { source, seed, psi, position, latent, targets } = this;
    const found = predict(source, latent);
    return {
      pixels: await this.paint(latent),
      shape: this.shape,
      weights: source.name,
      modality: source.modality,
      seed,
      psi,
      position,
      latent: new DataView(latent.slice().buffer),
      attributes: source.attributes.map((it, k) => ({ ...it, value: targets.get(it.name) ?? found[k] })),
    };
  }
}
