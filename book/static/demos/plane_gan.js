// A GAN in the plane: what gancourse/gans/plane_gan.py does with TensorFlow, in plain JavaScript.
// tests/test_playground_engine.py plays both with the same weights and batches and compares them.

import { addGradientPenalty, Network, OPTIMIZERS } from "./network.js";
import { Random } from "./random.js";

const softplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const sigmoid = (x) => 1 / (1 + Math.exp(-x));

// Of one logit: what it adds to a loss, and the slope of that. A loss is their mean over the batch.
const callReal = [(x) => softplus(-x), (x) => -sigmoid(-x)];
const callFake = [(x) => softplus(x), sigmoid];
const raise = [(x) => -x, () => -1];
const pullTo = (target) => [(x) => (x - target) ** 2 / 2, (x) => x - target];

export const LOSSES = {
  bce: { real: callReal, fake: callFake, generator: callReal },
  minimax: { real: callReal, fake: callFake, generator: [(x) => -softplus(x), (x) => -sigmoid(x)] },
  "least-squares": { real: pullTo(1), fake: pullTo(-1), generator: pullTo(1) },
  wasserstein: { real: raise, fake: [(x) => x, () => 1], generator: raise },
};

const mean = (values, of = (x) => x) => values.reduce((sum, x) => sum + of(x), 0) / values.length;

/** Two networks, and the steps that teach them.
 *
 * `facts` are the constants of the Python source; `rules` may be replaced at any time while the networks stay the same.
 */
export class PlaneGAN {
  constructor(facts, rules, seed = 0) {
    Object.assign(this, { facts, rules });
    this.generator = new Network(rules.noise_dim, rules.g_layers, rules.g_neurons, 2, facts.slope);
    this.discriminator = new Network(2, rules.d_layers, rules.d_neurons, 1, facts.slope);
    this.points = new Float64Array(2 * facts.pool);
    this.random = new Random(seed, 1); // to train
    this.eyes = new Random(seed, 2); // to look
    const weights = new Random(seed);
    for (const network of [this.generator, this.discriminator]) network.restart(() => weights.uniform());
    this.renewOptimizers();
  }

  renewOptimizers() {
    const Optimizer = OPTIMIZERS[this.rules.optimizer];
    this.gOptimizer = new Optimizer(this.generator, this.facts.adam);
    this.dOptimizer = new Optimizer(this.discriminator, this.facts.adam);
  }

  /** Play rounds, each of D's steps and then G's. */
  train(rounds, dSteps = this.rules.d_steps, gSteps = this.rules.g_steps) {
    const { batch } = this.facts;
    for (let round = 0; round < rounds; round++) {
      for (let k = 0; k < dSteps; k++) {
        this.dStep(this.drawReal(this.random, batch), this.drawNoise(this.random, batch),
          Float64Array.from({ length: batch }, () => this.random.uniform()));
      }
      for (let k = 0; k < gSteps; k++) this.gStep(this.drawNoise(this.random, batch));
    }
  }

  /** Update D. `mix` (n) says for the penalty where between a real and a generated point to look. */
  dStep(real, noise, mix) {
    const n = mix.length;
    const { discriminator: d, rules } = this;
    const fake = this.generator.forward(noise, n);
    d.forget();
    this.call(real, n, LOSSES[rules.loss].real, true);
    this.call(fake, n, LOSSES[rules.loss].fake, true);
    if (rules.loss === "wasserstein") {
      const between = Float64Array.from({ length: 2 * n }, (_, k) => real[k] + mix[k >> 1] * (fake[k] - real[k]));
      addGradientPenalty(d, between, n, this.facts.penalty);
    }
    this.dOptimizer.apply(rules.d_rate);
  }

  /** Update G. */
  gStep(noise) {
    const n = noise.length / this.rules.noise_dim;
    const { generator: g, rules } = this;
    g.forget();
    const slopes = this.call(g.forward(noise, n), n, LOSSES[rules.loss].generator, false);
    g.backward(slopes, n, true);
    this.gOptimizer.apply(rules.g_rate);
  }

  /** The gradient of a loss by the points; it adds the one by D's weights if D learns. */
  call(points, n, [, slope], learns) {
    const logits = this.discriminator.forward(points, n);
    const gradient = new Float64Array(n);
    for (let i = 0; i < n; i++) gradient[i] = slope(logits[i]) / n;
    return this.discriminator.backward(gradient, n, learns);
  }

  drawReal(random, n) {
    const drawn = new Float64Array(2 * n);
    for (let i = 0; i < n; i++) {
      const k = random.below(this.facts.pool);
      drawn[2 * i] = this.points[2 * k];
      drawn[2 * i + 1] = this.points[2 * k + 1];
    }
    return drawn;
  }

  drawNoise(random, n) {
    const { noise, noise_dim: dim } = this.rules;
    const draw = noise === "normal" ? () => random.normal() : () => 2 * random.uniform() - 1;
    return Float64Array.from({ length: n * dim }, draw);
  }

  /** Measure the present state of the game without changing it; see `PlaneGAN.look` in Python. */
  look(noise, places, n) {
    const { generator: g, discriminator: d, rules } = this;
    const losses = LOSSES[rules.loss];
    const count = noise.length / rules.noise_dim;
    const sample = g.forward(this.drawNoise(this.eyes, n), n).slice(0, 2 * n);
    const logitsOf = (points) => d.forward(points, points.length / 2).slice(0, points.length / 2);
    const [real, fake] = [logitsOf(this.drawReal(this.eyes, n)), logitsOf(sample)];
    const shown = g.forward(noise, count).slice(0, 2 * count);
    const pull = this.call(shown, count, losses.generator, false).slice(0, 2 * count).map((x) => -count * x);
    return {
      fake: shown,
      pull,
      logits: logitsOf(places),
      sample,
      dLoss: mean(real, losses.real[0]) + mean(fake, losses.fake[0]),
      gLoss: mean(fake, losses.generator[0]),
      realLogit: mean(real),
      fakeLogit: mean(fake),
      accuracy: (mean(real, (x) => +(x > 0)) + mean(fake, (x) => +(x < 0))) / 2,
    };
  }
}
