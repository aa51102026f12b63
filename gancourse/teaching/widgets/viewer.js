// The page of BrainViewer, after live.js. It has every slice and scrolls by itself; where it comes to rest it
// tells Python, if there is one. On a page without: render({ model: { get: (name) => ... }, el }), see below.

const PLANES = { axial: [2, 1, 0], coronal: [1, 2, 0], sagittal: [0, 2, 1] }; // the axis cut, of rows, of columns
const SIDES = { axial: ["R", "L"], coronal: ["R", "L"], sagittal: ["A", "P"] };
const KEYS = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10 };
const NOTCH = 40; // pixels of the wheel that make a slice

// Labels differ by pattern as well as by colour: which voxels are painted, and how strongly.
const PATTERNS = [(row, column) => ((row + column) % 4 < 2 ? 0.8 : 0.15), () => 0.4, (row, column) => ((row | column) % 2 ? 0.9 : 0.55)];

const VIEWER = `<div class="page">
  <div class="bar">
    <label class="slice"><span>Slice</span> <input type="range" min="0" step="1"><span class="value"></span></label>
    <div class="row planes" role="group" aria-label="Plane">
      <button type="button" value="axial">Axial</button>
      <button type="button" value="coronal">Coronal</button>
      <button type="button" value="sagittal">Sagittal</button>
    </div>
    <label><input class="labels" type="checkbox"> Show labels</label>
  </div>
  <div class="stage" tabindex="0" role="group" aria-label="Slices. Arrow keys go up and down through them, L shows labels."></div>
  <ul class="legend" aria-label="Labels"></ul>
  <p class="said" role="status"></p>
  <p class="how">Click on a picture. Then the mouse wheel and the arrow keys move through the brain, and L shows the labels.</p></div>`;

/** Bytes, whether they came from Python or, as base64, with a page. */
const unpack = (data) => (typeof data === "string" ? Uint8Array.from(atob(data), (c) => c.charCodeAt(0)) : bytes(data));

/** A slice of a volume (X, Y, Z), as it is shown: axial with anterior up, the other planes with superior up. */
function cut(volume, shape, plane, index) {
  const [axis, down, across] = PLANES[plane];
  const [rows, columns] = [shape[down], shape[across]];
  const step = [shape[1] * shape[2], shape[2], 1];
  const pixels = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const start = index * step[axis] + (down === 2 ? rows - 1 - row : row) * step[down];
    for (let column = 0; column < columns; column++) pixels[row * columns + column] = volume[start + column * step[across]];
  }
  return { pixels, rows, columns };
}

/** Paint pixels of [red, green, blue, alpha], given by (pixel's number, row, column), into a small canvas. */
function raster(rows, columns, colour) {
  const canvas = Object.assign(document.createElement("canvas"), { width: columns, height: rows });
  const image = new ImageData(columns, rows);
  for (let k = 0; k < rows * columns; k++) image.data.set(colour(k, Math.floor(k / columns), k % columns), 4 * k);
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "gancourse-live brain-viewer";
  root.innerHTML = VIEWER;
  el.append(root);
  const find = (name) => root.querySelector(name);
  const { scans, labels: known, index: first } = model.get("_data");
  const styles = new Map(known.map(([label, name, hex], k) => {
    const rgb = [1, 3, 5].map((place) => parseInt(hex.slice(place, place + 2), 16));
    return [label, { name, colour: (row, column) => [...rgb, 255 * PATTERNS[k % PATTERNS.length](row, column)] }];
  }));
  const now = { plane: "axial", index: first, labels: false, ...model.get("_frame") };
  const slider = find(".slice input");
  const stage = find(".stage");
  let resting; // the timer that runs while nothing moves
  let turned = 0; // what the wheel has turned since the last slice

  const rows = scans.map(({ name, shape, zooms, volumes, seg }) => {
    const row = document.createElement("div");
    row.className = "scan";
    if (scans.length > 1) row.append(Object.assign(document.createElement("p"), { className: "name", textContent: name }));
    const pictures = volumes.map(([modality, data]) => {
      const figure = document.createElement("figure");
      figure.className = "picture";
      figure.innerHTML = `<canvas role="img"></canvas><figcaption aria-hidden="true"></figcaption>
        <b class="side" aria-hidden="true"></b><b class="side right" aria-hidden="true"></b>`;
      figure.querySelector("figcaption").textContent = modality;
      row.append(figure);
      return { modality, volume: unpack(data), figure, canvas: figure.querySelector("canvas") };
    });
    stage.append(row);
    return { name, shape, zooms, pictures, seg: unpack(seg) };
  });
  for (const [label, { name, colour }] of styles) {
    const item = document.createElement("li");
    const swatch = raster(6, 9, (k, r, c) => colour(r, c));
    swatch.setAttribute("aria-hidden", "true");
    item.append(swatch, `${label} ${name}`);
    find(".legend").append(item);
  }

  const count = () => rows[0].shape[PLANES[now.plane][0]];
  const share = () => now.index / Math.max(1, count() - 1);

  function paintScan({ name, shape, zooms, pictures, seg }) {
    const [axis, down, across] = PLANES[now.plane];
    const at = Math.round(share() * (shape[axis] - 1));
    const marks = cut(seg, shape, now.plane, at);
    const overlay = now.labels && raster(marks.rows, marks.columns, (k, r, c) => styles.get(marks.pixels[k])?.colour(r, c) ?? [0, 0, 0, 0]);
    const ratio = (marks.rows * zooms[down]) / (marks.columns * zooms[across]);
    for (const { modality, volume, figure, canvas } of pictures) {
      const { pixels } = cut(volume, shape, now.plane, at);
      const grey = raster(marks.rows, marks.columns, (k) => [pixels[k], pixels[k], pixels[k], 255]);
      const width = Math.max(marks.columns, Math.round(figure.clientWidth * devicePixelRatio));
      const height = Math.round(width * ratio);
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
      const context = canvas.getContext("2d", { alpha: false });
      context.imageSmoothingQuality = "high";
      context.drawImage(grey, 0, 0, width, height);
      if (overlay) {
        context.imageSmoothingEnabled = false;
        context.drawImage(overlay, 0, 0, width, height);
        context.imageSmoothingEnabled = true;
      }
      canvas.setAttribute("aria-label", `${name}, ${modality}, ${now.plane} slice ${at + 1} of ${shape[axis]}`);
      figure.querySelectorAll(".side").forEach((side, k) => (side.textContent = SIDES[now.plane][k]));
    }
    return [...styles].filter(([label]) => marks.pixels.includes(label)).map(([label, { name }]) => `${label} ${name}`);
  }

  function paint() {
    slider.max = count() - 1;
    slider.value = now.index;
    const where = `${now.index + 1} of ${count()}`;
    slider.setAttribute("aria-valuetext", where);
    find(".value").textContent = where;
    find(".labels").checked = now.labels;
    find(".legend").hidden = !now.labels;
    for (const button of find(".planes").children) button.setAttribute("aria-pressed", button.value === now.plane);
    const found = rows.map((row) => [row.name, paintScan(row)]);
    const said = !now.labels ? "" : found.map(([name, there]) => `${rows.length > 1 ? `${name}, labels` : "Labels"} on this slice: ${there.join(", ") || "none"}.`).join(" ");
    if (find(".said").textContent !== said) find(".said").textContent = said;
    root.dataset.painted = 1 + +(root.dataset.painted ?? 0);
  }

  function rest() {
    clearTimeout(resting);
    resting = setTimeout(() => {
      const { plane, index, labels } = now;
      model.send?.({ commands: [{ do: "show", plane, index, labels }] });
      model.send?.({ rests: true });
    }, REST);
  }

  function show(change) {
    Object.assign(now, change);
    now.index = Math.min(Math.max(0, now.index), count() - 1);
    paint();
    rest();
  }

  function choose(plane) {
    const before = share();
    now.plane = plane;
    show({ index: Math.round(before * (count() - 1)) });
  }

  slider.addEventListener("input", () => show({ index: slider.valueAsNumber }));
  for (const button of find(".planes").children) button.addEventListener("click", () => choose(button.value));
  find(".labels").addEventListener("change", (event) => show({ labels: event.target.checked }));
  stage.addEventListener("pointerdown", () => stage.focus({ preventScroll: true }));
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.toLowerCase() === "l") show({ labels: !now.labels });
    else if (event.target !== slider && event.key in KEYS) {
      event.preventDefault();
      show({ index: now.index + KEYS[event.key] });
    }
  });
  // The wheel scrolls the page until a picture was clicked, and again beyond the brain's ends.
  stage.addEventListener("wheel", (event) => {
    const ends = event.deltaY < 0 ? now.index === count() - 1 : now.index === 0;
    if (!root.matches(":focus-within") || ends || event.ctrlKey) return;
    event.preventDefault();
    turned -= event.deltaY * (event.deltaMode ? NOTCH : 1);
    const slices = Math.trunc(turned / NOTCH);
    turned -= slices * NOTCH;
    if (slices) show({ index: now.index + slices });
  }, { passive: false });
  keepKeys(root);

  let width = 0; // for which it was painted; a picture's height changes by painting
  const resized = new ResizeObserver(() => requestAnimationFrame(() => {
    if (stage.clientWidth === width) return;
    width = stage.clientWidth;
    paint();
  }));
  paint();
  resized.observe(stage);
  return () => {
    clearTimeout(resting);
    resized.disconnect();
  };
}

export default { render };
