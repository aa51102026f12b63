// What gancourse/teaching/widgets/playground_points.py does: points to imitate, and how far from them others are.
// Points (n, 2) are one array, x and y in turn.

import { Refusal } from "./refusal.js";

/** Draw n points from a distribution, or around the dots of a drawing. */
export function drawPoints(facts, name, n, random, dots) {
  if (name === "drawn" && !dots.length) throw new Refusal(facts.empty);
  const middles = name === "drawn" ? dots : facts.blobs[name];
  const place = () => {
    if (middles) return middles[random.below(middles.length)];
    const share = random.uniform();
    if (name === "line") return [2 * share - 1, 0.6 * (2 * share - 1)];
    return [Math.cos(2 * Math.PI * share), Math.sin(2 * Math.PI * share)];
  };
  const points = new Float64Array(2 * n);
  for (let i = 0; i < n; i++) {
    const [x, y] = place();
    points[2 * i] = x + facts.spread * random.normal();
    points[2 * i + 1] = y + facts.spread * random.normal();
  }
  return points;
}

/** Count the blobs near whose middles a quarter of a fair share of the points lies, or more. */
export function foundBlobs(points, middles, spread) {
  const enough = (0.25 / middles.length) * (points.length / 2);
  return middles.filter(([x, y]) => {
    let near = 0;
    for (let k = 0; k < points.length; k += 2) near += Math.hypot(points[k] - x, points[k + 1] - y) < 4 * spread;
    return near > enough;
  }).length;
}

/** The shares of points in squares; points outside count at the rim. */
export function histogram(points, { reach, squares }) {
  const shares = new Float64Array(squares * squares);
  const place = (x) => Math.min(squares - 1, Math.max(0, Math.floor(((x + reach) / (2 * reach)) * squares)));
  for (let k = 0; k < points.length; k += 2) {
    shares[place(points[k]) * squares + place(points[k + 1])] += 2 / points.length;
  }
  return shares;
}

/** The Jensen-Shannon divergence of two histograms, in nats. */
export function divergence(p, q) {
  const part = (share, middle) => (share > 0 ? share * Math.log(share / middle) : 0);
  return p.reduce((sum, share, k) => {
    const middle = (share + q[k]) / 2;
    return sum + (part(share, middle) + part(q[k], middle)) / 2;
  }, 0);
}
