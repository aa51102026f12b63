// What gancourse/gans/latent.py does with latents and directions, in JavaScript; tests compare them.

const dot = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);
const scaled = (a, s) => a.map((x) => x * s);
const plus = (a, b) => a.map((x, i) => x + b[i]);
const minus = (a, b) => plus(a, scaled(b, -1));
const combined = (rows, by) => rows.map((row, k) => scaled(row, by[k])).reduce(plus);
const numbers = (latent) => Array.from(latent);

/** What the regression expects of a latent, attribute by attribute. */
export const predict = ({ weights, intercept }, z) => weights.map((w, k) => dot(numbers(z), w) + intercept[k]);

/** The nearest latent of the same length of which the regression expects `wanted`, one value for each attribute. */
export function move(directions, latent, wanted) {
  const { weights, back } = directions;
  const z = numbers(latent);
  const known = predict(directions, z);
  const there = plus(z, combined(back, wanted.map((value, k) => value - known[k])));
  const inside = combined(back, weights.map((w) => dot(there, w)));
  const free = minus(there, inside);
  const rest = Math.max(dot(z, z) - dot(inside, inside), 0);
  return plus(inside, scaled(free, Math.sqrt(rest / Math.max(dot(free, free), 1e-12))));
}

/** The point at t on the way along the sphere from a to b. */
export function slerp(from, to, t) {
  const [a, b] = [numbers(from), numbers(to)];
  const [long, short] = [Math.hypot(...a), Math.hypot(...b)];
  const [u, v] = [scaled(a, 1 / long), scaled(b, 1 / short)];
  const angle = 2 * Math.atan2(Math.hypot(...minus(u, v)), Math.hypot(...plus(u, v)));
  if (angle < 1e-6) return plus(scaled(a, 1 - t), scaled(b, t));
  const way = plus(scaled(u, Math.sin((1 - t) * angle)), scaled(v, Math.sin(t * angle)));
  return scaled(way, ((1 - t) * long + t * short) / Math.sin(angle));
}
