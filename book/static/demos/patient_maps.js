// A generated patient's maps as intensities and labels: what gancourse/gans/patient_maps.py does.

/** The pixels beside pixel k of a square picture, along both axes. */
function beside(k, size) {
  const x = k % size;
  const found = [];
  if (x > 0) found.push(k - 1);
  if (x < size - 1) found.push(k + 1);
  if (k >= size) found.push(k - size);
  if (k < size * (size - 1)) found.push(k + size);
  return found;
}

/** All pixels that hang together with pixel k, by `within`; they are marked in `seen`. */
function piece(k, size, within, seen) {
  const found = [k];
  seen[k] = 1;
  for (let next = 0; next < found.length; next++) {
    for (const other of beside(found[next], size)) {
      if (seen[other] || !within(other)) continue;
      seen[other] = 1;
      found.push(other);
    }
  }
  return found;
}

/** The largest piece of a mask, without holes: an array of 0 and 1. */
export function largestPiece(mask, size) {
  const seen = new Uint8Array(mask.length);
  let largest = [];
  for (let k = 0; k < mask.length; k++) {
    if (!mask[k] || seen[k]) continue;
    const found = piece(k, size, (other) => mask[other], seen);
    if (found.length > largest.length) largest = found;
  }
  const kept = new Uint8Array(mask.length);
  for (const k of largest) kept[k] = 1;
  const outside = new Uint8Array(mask.length); // background that reaches the edge; all else is a hole
  for (let k = 0; k < mask.length; k++) {
    const edge = k < size || k >= size * (size - 1) || k % size === 0 || k % size === size - 1;
    if (edge && !kept[k] && !outside[k]) piece(k, size, (other) => !kept[other], outside);
  }
  return outside.map((out) => 1 - out);
}

/** Read a patient off maps (size, size, channels) in [-1, 1].
 *
 * Returns `levels`, the intensities of each modality (0 outside the brain, otherwise 1 to `white`), and `labels`.
 */
export function decode(maps, size, { channels, white }) {
  const count = size * size;
  const map = (name) => {
    const channel = channels.indexOf(name);
    return Float32Array.from({ length: count }, (_, k) => maps[k * channels.length + channel]);
  };
  const brain = largestPiece(map("brain").map((value) => value > 0), size);
  const [whole, core, enhancing] = ["WT", "TC", "ET"].map(map);
  const labels = Uint8Array.from(brain, (inside, k) => {
    if (!inside || whole[k] <= 0) return 0;
    if (core[k] <= 0) return 2;
    return enhancing[k] > 0 ? 4 : 1;
  });
  const within = (value) => Math.min(1, Math.max(-1, value));
  const levels = new Uint16Array(4 * count);
  ["t1", "t1ce", "t2", "flair"].map(map).forEach((image, m) => {
    for (let k = 0; k < count; k++) {
      if (brain[k]) levels[m * count + k] = 1 + Math.round(((within(image[k]) + 1) / 2) * (white - 1));
    }
  });
  return { levels, labels };
}
