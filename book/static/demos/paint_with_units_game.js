// "Paint with units" without a notebook: what gancourse/teaching/widgets/paint_with_units_game.py does.
// `facts` are its constants, as book/browser_paint_with_units.py writes them.

import { decode } from "./patient_maps.js";
import { Random } from "./random.js";
import { Refusal } from "./refusal.js";

/** The median of numbers, 0 of none. */
function median(values) {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  if (!sorted.length) return 0;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Whether all (`every`) or some of the 3 x 3 pixels around k are in a mask; outside of the picture none is. */
function around(mask, size, k, every) {
  const [x, y] = [k % size, Math.floor(k / size)];
  for (let v = y - 1; v <= y + 1; v++) {
    for (let u = x - 1; u <= x + 1; u++) {
      const inside = u >= 0 && v >= 0 && u < size && v < size && mask[v * size + u];
      if (!inside === every) return !every;
    }
  }
  return every;
}

/** How many pixels are ventricles: as `concepts_of` in gancourse/metrics/dissection.py. */
export function ventricles({ levels, labels }, size, white, about) {
  const count = size * size;
  const brain = (k) => levels[k] > 0;
  const value = (m, k) => (levels[m * count + k] - 1) / (white - 1);
  const healthy = [...labels.keys()].filter((k) => brain(k) && !labels[k]);
  const [dark, bright] = [about.dark_t1 * median(healthy.map((k) => value(0, k))), about.bright_t2 * median(healthy.map((k) => value(2, k)))];
  const reach = about.deep_mm / about.pixel_mm;
  const deep = (x, y) => { // whether no pixel outside of the brain is within reach
    for (let v = Math.max(0, Math.ceil(y - reach)); v <= Math.min(size - 1, y + reach); v++) {
      for (let u = Math.max(0, Math.ceil(x - reach)); u <= Math.min(size - 1, x + reach); u++) {
        if (!brain(v * size + u) && Math.hypot(u - x, v - y) <= reach) return false;
      }
    }
    return true;
  };
  const off = (at) => Math.abs(at - (size - 1) / 2) * about.pixel_mm;
  const fluid = new Uint8Array(count);
  for (const k of healthy) {
    const [x, y] = [k % size, Math.floor(k / size)];
    fluid[k] = value(0, k) < dark && value(2, k) > bright && off(x) < about.across_mm && off(y) < about.along_mm && deep(x, y);
  }
  const small = fluid.map((_, k) => around(fluid, size, k, true));
  return fluid.reduce((sum, _, k) => sum + around(small, size, k, false), 0);
}

export class PaintWithUnits {
  /** `front` and `back` are Networks: latents -> maps and style, and these -> a patient's maps. */
  static async open(front, back, facts, seed = facts.first) {
    const logic = new PaintWithUnits(front, back, facts);
    [, logic.lentStyle] = await logic.run(Float32Array.from(facts.palette.lender[0]));
    await logic.showPatient(seed);
    return logic;
  }

  constructor(front, back, facts) {
    const { units, most_units: most } = facts;
    Object.assign(this, { front, back, facts, pixels: facts.size ** 2, units: Math.min(units, most), lent: false });
  }

  /** Carry out a command such as {do: "patient", value: 7}. */
  async apply(command) {
    const carryOut = {
      patient: () => this.showPatient(command.value),
      paint: () => this.paint(command.value),
      units: () => this.chooseUnits(command.value),
      lend: () => this.lend(command.value),
    };
    if (!Object.hasOwn(carryOut, command.do)) throw new Error(`command ${command.do}: unknown`);
    await carryOut[command.do]();
  }

  /** The layer's maps and the style of latents. */
  async run(latents) {
    const [one, two] = Object.values(await this.front.run([latents, [1, latents.length]]));
    const [height, width, units] = this.facts.layer;
    return one.length === height * width * units ? [one, two] : [two, one];
  }

  async showPatient(seed) {
    const { max_seed: most, latent_dim: dim } = this.facts;
    if (!Number.isInteger(seed) || seed < 0 || seed > most) {
      throw new Refusal(`seed=${seed}: expected a whole number from 0 to ${most}`);
    }
    const random = new Random(seed);
    const [maps, style] = await this.run(Float32Array.from({ length: dim }, () => random.normal()));
    const own = await this.finish(maps, style);
    const painting = new Uint8Array(this.pixels);
    Object.assign(this, { seed, maps, style, own, before: own, lent: false, painting, seen: null });
  }

  /** Take up a painting, row by row, a byte for each pixel, as base64. */
  paint(value) {
    const { size, brushes } = this.facts;
    let sent;
    try {
      sent = Uint8Array.from(atob(value), (character) => character.charCodeAt(0));
    } catch {
      throw new Refusal("paint: the painting is no base64; what was painted before stays");
    }
    if (sent.length !== this.pixels) throw new Refusal(`paint: ${sent.length} pixels arrived, expected ${size} x ${size}`);
    const most = sent.reduce((a, b) => Math.max(a, b), 0);
    if (most > brushes.length) throw new Refusal(`paint: brush ${most} is unknown, expected 0 to ${brushes.length}`);
    Object.assign(this, { painting: sent, seen: null });
  }

  chooseUnits(units) {
    const { most_units: most } = this.facts;
    if (!Number.isInteger(units) || units < 0 || units > most) {
      throw new Refusal(`units=${units}: expected a whole number from 0 to ${most}`);
    }
    if (!units) throw new Refusal("units=0: a brush has at least one");
    Object.assign(this, { units, seen: null });
  }

  async lend(lent) {
    if (typeof lent !== "boolean") throw new Refusal(`lend=${lent}: expected true or false`);
    const before = lent ? await this.finish(this.maps, this.lentStyle) : this.own;
    Object.assign(this, { lent, before, seen: null });
  }

  /** The patient as painted. */
  async after() {
    if (this.seen) return this.seen;
    const { painting } = this;
    const style = this.lent ? this.lentStyle : this.style;
    const seen = painting.some((value) => value) ? await this.finish(this.edited(), style) : this.before;
    if (painting === this.painting) this.seen = seen;
    return seen;
  }

  /** The layer's maps with the brushes' values mixed in, one brush after the other. */
  edited() {
    const { size, brushes, layer: [side, , count], concepts, palette } = this.facts;
    const maps = Float32Array.from(this.maps);
    const block = size / side;
    brushes.forEach(({ concept, draws }, b) => {
      const share = new Float32Array(side * side);
      this.painting.forEach((value, k) => {
        if (value !== b + 1) return;
        share[Math.floor(k / size / block) * side + Math.floor((k % size) / block)] += 1 / block ** 2;
      });
      const row = Object.keys(concepts).indexOf(concept);
      const values = palette[draws ? "draw" : "remove"][row];
      const units = palette.units[row].slice(0, this.units);
      share.forEach((part, place) => {
        if (!part) return;
        for (const unit of units) {
          const at = place * count + unit;
          maps[at] = part * values[unit] + (1 - part) * maps[at];
        }
      });
    });
    return maps;
  }

  async finish(maps, style) {
    const { size, layer, white, concepts, ventricles: about, pixel_cm2: area } = this.facts;
    const [made] = Object.values(await this.back.run([maps, [1, ...layer]], [style, [1, style.length]]));
    const seen = decode(made, size, this.facts);
    const labelled = (...wanted) => seen.labels.reduce((sum, label) => sum + wanted.includes(label), 0);
    const counted = {
      TC: () => labelled(1, 4),
      oedema: () => labelled(2),
      ventricles: () => ventricles(seen, size, white, about),
    };
    return { ...seen, areas: Object.keys(concepts).map((concept) => counted[concept]() * area) };
  }

  /** How far grey values moved from one picture to another in a part of the brain, in % of the range. */
  moved(before, after, where) {
    const { white } = this.facts;
    let [sum, count] = [0, 0];
    for (let k = 0; k < this.pixels; k++) {
      if (!before.levels[k] || !where(k)) continue;
      for (let at = k; at < before.levels.length; at += this.pixels) {
        sum += Math.abs(after.levels[at] - before.levels[at]);
        count += 1;
      }
    }
    return count ? ((sum / count) * 100) / (white - 1) : 0;
  }

  async frame() {
    const after = await this.after();
    const { seed, units, lent, painting, own, before, facts } = this;
    const report = Object.values(facts.concepts).map((name, k) => ({ name, before: before.areas[k], after: after.areas[k] }));
    const moved = {
      elsewhere: this.moved(before, after, (k) => !painting[k]),
      style: this.moved(own, before, () => true),
    };
    const plain = ({ levels, labels }) => ({ levels: new Uint8Array(levels.buffer), labels });
    return { seed, units, lent, painting, before: plain(before), after: plain(after), report, moved };
  }
}
