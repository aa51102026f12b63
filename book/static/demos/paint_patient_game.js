// Paint a patient without a notebook: what gancourse/teaching/widgets/paint_patient_game.py does with the page's commands.
// `facts` are its constants, as book/browser_paint_patient.py writes them; `phantoms` has arrays of bytes.

import { Refusal } from "./refusal.js";

/** Dice of two masks, as functions of a pixel; null where neither has any. */
function compare(count, drawn, found) {
  let [mine, its, both] = [0, 0, 0];
  for (let k = 0; k < count; k++) {
    const [a, b] = [drawn(k), found(k)];
    mine += a;
    its += b;
    both += a && b;
  }
  return { drawn: mine, found: its, dice: mine + its ? (2 * both) / (mine + its) : null };
}

export class PaintPatient {
  /** `painter` is a Network, and `openSegmenter` a function that fetches the segmenter. */
  constructor(facts, phantoms, painter, openSegmenter, start = facts.names[0]) {
    Object.assign(this, { facts, phantoms, painter, openSegmenter, pixels: facts.size ** 2 });
    this.begin(start);
  }

  /** Carry out a command such as {do: "start", value: "blank"}. */
  async apply(command) {
    const carryOut = {
      paint: () => this.paint(command.value),
      start: () => this.begin(command.value),
      look: () => this.look(),
    };
    if (!Object.hasOwn(carryOut, command.do)) throw new Error(`command ${command.do}: unknown`);
    await carryOut[command.do]();
  }

  begin(name) {
    const { names, blank } = this.facts;
    if (name !== blank && !names.includes(name)) {
      throw new Refusal(`start '${name}': expected one of ${[...names, blank].join(", ")}`);
    }
    this.start = name;
    const k = names.indexOf(name);
    this.draw(k < 0 ? new Uint8Array(this.pixels) : this.phantoms.labels.slice(k * this.pixels, (k + 1) * this.pixels));
  }

  /** Take up a drawing: its labels row by row, a byte each, as base64. */
  paint(value) {
    const { size, palette } = this.facts;
    let sent;
    try {
      sent = Uint8Array.from(atob(value), (character) => character.charCodeAt(0));
    } catch {
      throw new Refusal("paint: the drawing is no base64; what was drawn before stays");
    }
    if (sent.length !== this.pixels) throw new Refusal(`paint: ${sent.length} labels arrived, expected ${size} x ${size}`);
    const most = sent.reduce((a, b) => Math.max(a, b), 0);
    if (most >= palette.length) throw new Refusal(`paint: label ${most} is unknown, expected 0 to ${palette.length - 1}`);
    this.draw(sent);
  }

  draw(labels) {
    Object.assign(this, { labels, found: null, scans: null });
  }

  /** The scans of the drawing, (size, size, 4) from -1 to 1. */
  async painted() {
    if (this.scans) return this.scans;
    const { labels, facts: { size, palette } } = this;
    const one = new Float32Array(this.pixels * palette.length);
    labels.forEach((label, k) => (one[k * palette.length + label] = 1));
    const [scans] = Object.values(await this.painter.run([one, [1, size, size, palette.length]]));
    const count = this.facts.scans.length;
    const made = Float32Array.from(scans, (value, k) => (labels[Math.floor(k / count)] ? value : -1));
    if (labels === this.labels) this.scans = made;
    return made;
  }

  async look() {
    const scans = await this.painted();
    try {
      this.segmenter ??= await this.openSegmenter();
    } catch (error) {
      console.warn(error);
      throw new Refusal(`The segmenter could not be loaded, so that it cannot look now: ${error.message}`);
    }
    const { size, first } = this.facts;
    const shares = await this.segmenter.probabilities(scans, this.labels, size);
    this.found = this.labels.map((label, k) => {
      const four = [...shares.subarray(4 * k, 4 * k + 4)];
      const best = four.indexOf(Math.max(...four));
      return label && best ? best + first - 1 : 0;
    });
  }

  /** What was drawn and found of each region, in cm2, and their Dice; empty before the segmenter has looked. */
  report() {
    if (!this.found) return [];
    const { compared, pixel_cm2: area } = this.facts;
    return Object.entries(compared).map(([name, channels]) => {
      const of = (labels) => (k) => +channels.includes(labels[k]);
      const { drawn, found, dice } = compare(this.pixels, of(this.labels), of(this.found));
      return { name, drawn: drawn * area, found: found * area, dice };
    });
  }

  async frame() {
    const scans = await this.painted();
    const count = this.facts.scans.length;
    const painted = new Uint8ClampedArray(count * this.pixels); // rounds, and clips to 0 to 255
    scans.forEach((value, k) => (painted[(k % count) * this.pixels + Math.floor(k / count)] = value * 127.5 + 127.5));
    const found = this.found ?? new Uint8Array();
    return { start: this.start, labels: this.labels, painted, found, report: this.report() };
  }
}
