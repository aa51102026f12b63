// The playground without a notebook: what gancourse/teaching/widgets/playground_game.py does with the page's commands.
// `facts` are its constants, rules, and presets, as book/browser_playground.py writes them.

import { PlaneGAN } from "./plane_gan.js";
import { divergence, drawPoints, foundBlobs, histogram } from "./points.js";
import { Random } from "./random.js";
import { Referee } from "./referee.js";
import { Refusal } from "./refusal.js";

const TIME = 25; // ms that the rounds of one frame may take, so that there are 30 frames a second
const STREAM = 3; // of the random numbers that points and shown noise come from

/** Turn D's logits at each place into its belief, 0 fake to 1 real; see `belief` in Python. */
export function belief(loss, { logits, realLogit, fakeLogit }) {
  const within = (x, low, high) => Math.min(high, Math.max(low, x));
  if (loss === "minimax" || loss === "bce") return logits.map((x) => 1 / (1 + Math.exp(-within(x, -30, 30))));
  let [middle, width] = [0, 1];
  if (loss === "wasserstein") {
    const mean = logits.reduce((sum, x) => sum + x, 0) / logits.length;
    const spread = Math.sqrt(logits.reduce((sum, x) => sum + (x - mean) ** 2, 0) / logits.length);
    [middle, width] = [(realLogit + fakeLogit) / 2, 2 * Math.max(spread, 1e-6)];
  }
  return logits.map((x) => within(((x - middle) / width + 1) / 2, 0, 1));
}

export class Playground {
  constructor(facts, preset = "convergence") {
    Object.assign(this, { facts, dots: facts.hook, referee: new Referee(facts.challenges) });
    const { cells, reach } = facts;
    const middle = (k) => ((k + 0.5) / cells) * 2 * reach - reach;
    this.places = Float64Array.from({ length: 2 * cells * cells }, (_, k) =>
      k % 2 ? -middle(Math.floor(k / 2 / cells)) : middle((k / 2) % cells));
    this.usePreset(preset);
  }

  /** Carry out a command such as {do: "seed", value: 7}. */
  apply(command) {
    const { value, name, who, dots } = command;
    const carryOut = {
      play: () => this.play(value),
      step: () => this.step(who),
      set: () => this.set(name, value),
      seed: () => this.reset(value),
      reset: () => this.reset(this.seed),
      preset: () => this.usePreset(value),
      mend: () => this.mend(),
      challenge: () => this.useChallenge(value),
      draw: () => this.draw(dots),
      clear: () => this.clear(),
    };
    if (!Object.hasOwn(carryOut, command.do)) throw new Error(`command ${command.do}: unknown`);
    carryOut[command.do]();
  }

  usePreset(name) {
    this.begin(this.facts.presets[name].settings);
    Object.assign(this, { preset: name, mended: false });
  }

  useChallenge(name) {
    this.begin(this.facts.challenges[name].settings, name);
    Object.assign(this, { preset: null, mended: false });
  }

  mend() {
    const { settings, mend } = this.facts.presets[this.preset];
    this.begin({ ...settings, ...mend });
    this.mended = true;
  }

  begin({ data, seed = 0, ...rules }, challenge = null) {
    this.referee.challenge = challenge;
    Object.assign(this, { data, seed, rules: { ...this.facts.rules, ...rules } });
    this.restart();
  }

  reset(seed) {
    this.seed = seed;
    this.restart();
  }

  /** Change one setting. Points, noise and networks begin a new game; the rest acts at once. */
  set(name, value) {
    const before = this.rules;
    if (name === "data") {
      this.data = value;
      this.referee.challenge = null; // it is about other points
    } else this.rules = { ...before, [name]: value };
    if (name === "data" || this.facts.networks.some((what) => this.rules[what] !== before[what])) this.restart();
    else {
      this.gan.rules = this.rules;
      if (before.loss !== this.rules.loss || before.optimizer !== this.rules.optimizer) this.gan.renewOptimizers();
    }
    Object.assign(this, { preset: null, mended: false });
  }

  /** Add dots to the drawing. The game goes on, with what there is now to imitate. */
  draw(dots) {
    this.dots = [...this.dots, ...dots].slice(-this.facts.dots);
    this.showPoints();
  }

  clear() {
    this.dots = [];
    this.showPoints();
  }

  /** Play the rounds of a frame, or as many as there is time for. */
  play(speed) {
    this.needPoints();
    const { d_steps: d, g_steps: g } = this.rules;
    const end = performance.now() + TIME;
    let left = Math.max(1, Math.floor(this.facts.steps[speed] / (d + g)));
    do {
      this.gan.train(1);
      this.rounds += 1;
    } while (--left && performance.now() < end);
    this.note();
  }

  /** Have only D or only G learn, one step. */
  step(who) {
    this.needPoints();
    this.gan.train(1, +(who === "D"), +(who === "G"));
    this.note();
  }

  needPoints() {
    if (this.data === "drawn" && !this.dots.length) throw new Refusal(this.facts.empty);
  }

  restart() {
    this.gan = new PlaneGAN(this.facts, this.rules, this.seed);
    Object.assign(this, { rounds: 0, history: [] });
    this.referee.restart();
    const shown = this.gan.drawNoise(new Random(this.seed, STREAM), this.facts.shown);
    const { noise, noise_dim: dim } = this.rules;
    const along = this.facts.along[noise][dim - 1];
    const grid = dim === 1 ? along : along.flatMap((y) => along.flatMap((x) => [x, y]));
    this.lines = dim === 1 ? [1, along.length] : [along.length, along.length];
    this.noise = Float64Array.from([...shown, ...grid]);
    this.showPoints();
  }

  /** Give the game its real points, and look at it. */
  showPoints() {
    const { facts, gan } = this;
    const random = new Random(this.seed, STREAM + 1);
    const draw = (n) => drawPoints(facts, this.data, n, random, this.dots);
    if (this.data === "drawn" && !this.dots.length) {
      Object.assign(this, { real: new Float64Array(), floor: 0, truth: histogram([0, 0], facts) });
    } else {
      gan.points = draw(facts.pool);
      Object.assign(this, { real: gan.points.slice(0, 2 * facts.shown), truth: histogram(gan.points, facts) });
      this.floor = this.measure(draw(facts.measured));
    }
    this.note();
  }

  measure(points) {
    return divergence(this.truth, histogram(points, this.facts));
  }

  /** Look at the game, and remember what was measured. */
  note() {
    const { facts, rules } = this;
    const seen = this.gan.look(this.noise, this.places, facts.measured);
    const blobs = facts.blobs[this.data] ?? [];
    const arrows = seen.pull.length / 2;
    let pull = 0;
    for (let k = 0; k < arrows; k++) pull += Math.hypot(seen.pull[2 * k], seen.pull[2 * k + 1]) / arrows;
    this.now = {
      rounds: this.rounds,
      d_loss: seen.dLoss,
      g_loss: seen.gLoss,
      accuracy: seen.accuracy,
      pull,
      divergence: this.measure(seen.sample),
      floor: this.floor,
      found: blobs.length && foundBlobs(seen.sample, blobs, facts.spread),
      blobs: blobs.length,
    };
    this.referee.see(this.now);
    this.history.push([this.rounds, this.now.d_loss, this.now.g_loss, this.now.divergence]);
    if (this.history.length > facts.moments) this.history = this.history.filter((_, k) => k % 2 === 0);
    const split = 2 * facts.shown;
    this.scene = {
      real: Float32Array.from(this.real),
      fake: Float32Array.from(seen.fake.subarray(0, split)),
      pull: Float32Array.from(seen.pull.subarray(0, split)),
      grid: Float32Array.from(seen.fake.subarray(split)),
      belief: Uint8Array.from(belief(rules.loss, seen), (share) => Math.round(255 * share)),
    };
  }

  /** What the page draws, and where every control stands: the frame of playground.py. */
  frame() {
    const { scene, lines, history, now, data, seed, rules, preset, mended } = this;
    const { challenge, stars } = this.referee;
    const settings = { data, seed, ...rules };
    const told = { now, settings, preset, mended, challenge, stars: { ...stars } };
    return { ...scene, lines, history: Float32Array.from(history.flat()), ...told };
  }
}
