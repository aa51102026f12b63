// The page's half of ThisBrain, after live.js: a patient who does not exist, a wall of them, downloads.

const PAGE = `<div class="page">
  <form class="controls">
    <button class="make" type="button">New patient</button>
    <label class="row">Seed <input type="number" min="0" step="1" inputmode="numeric" required></label>
    <button class="show" type="submit">Show</button>
  </form>
  <p class="said" role="status"></p>
  <figure class="patient" tabindex="-1">
    <div class="pictures"></div>
    <figcaption></figcaption>
  </figure>
  <ul class="legend" aria-label="Colours of the labels"></ul>
  <div class="row actions">
    <button class="nearest" type="button">Show the nearest training patient</button>
    <button class="many" type="button"></button>
  </div>
  <div class="row downloads" role="group" aria-label="Download this patient"><span>Download:</span>
    <button type="button" value="png">PNG</button></div>
  <section class="training" hidden>
    <p class="told" role="status"></p>
    <div class="pairs"></div>
  </section>
  <section class="wall" hidden>
    <div class="row"><p class="count"></p> <label class="row">Shown: <select></select></label></div>
    <ul class="tiles" aria-label="The wall. Press a patient to see it large."></ul>
  </section></div>`;

const REST_AFTER = 700; // ms without a new patient before the picture in the notebook's file follows
const SEEDS = 1e6; // a new patient's seed is below: short enough to be read out
const PICTURE = 384; // pixels of a slice in the downloaded picture

const SIDES = '<b class="side" aria-hidden="true">R</b><b class="side left" aria-hidden="true">L</b>';
const LABEL_SHARE = 0.65; // of a label's colour over the grey

const make = (kind, options) => Object.assign(document.createElement(kind), options);

/** Numbers of 16 bits; a copy, as they may begin at an odd byte. */
const words = (view) => new Uint16Array(bytes(view).slice().buffer);

/** Draw an ImageData into a canvas, smoothly, as wide as it is on the screen or as it is told. */
function paintImage(canvas, image, wide = Math.max(image.width, Math.round(canvas.clientWidth * devicePixelRatio))) {
  const small = make("canvas", { width: image.width, height: image.height });
  small.getContext("2d").putImageData(image, 0, 0);
  if (canvas.width !== wide || canvas.height !== wide) [canvas.width, canvas.height] = [wide, wide];
  const context = canvas.getContext("2d", { alpha: false });
  context.imageSmoothingQuality = "high";
  context.drawImage(small, 0, 0, wide, wide);
}

/** A patient of a frame, as arrays. */
function unpack(patient) {
  return { ...patient, levels: words(patient.levels), labels: bytes(patient.labels).slice() };
}

/** A file .nii (NIfTI-1) of one axial slice in whole numbers of 16 bits.
 *
 * Voxels go to the patient's left, to the back, and up, and the slice is centred on the origin: what
 * gancourse/cohort/slice_files.py writes. NIfTI counts to the right, to the front, and up.
 */
function nifti(values, size, { pixelMm, thicknessMm }) {
  const file = new ArrayBuffer(352 + 2 * values.length);
  const view = new DataView(file);
  const put = (kind, place, ...numbers) =>
    numbers.forEach((number, k) => view[`set${kind}`](place + k * (kind === "Int16" ? 2 : 4), number, true));
  const middle = (pixelMm * (size - 1)) / 2;
  put("Int32", 0, 348);
  put("Int16", 40, 3, size, size, 1, 1, 1, 1, 1); // dimensions
  put("Int16", 70, 4, 16); // 16-bit integers
  put("Float32", 76, 1, pixelMm, pixelMm, thicknessMm, 1, 1, 1, 1);
  put("Float32", 108, 352, 1, 0); // where the numbers begin; their slope and intercept
  view.setUint8(123, 2); // mm
  put("Int16", 252, 1, 2); // both ways to say where a voxel lies, qform and sform
  put("Float32", 256, 0, 0, 1, middle, middle, 0); // half a turn about the axis from feet to head
  put("Float32", 280, -pixelMm, 0, 0, middle, 0, -pixelMm, 0, middle, 0, 0, thicknessMm, 0);
  new TextEncoder().encode("n+1").forEach((letter, k) => view.setUint8(344 + k, letter));
  values.forEach((value, k) => view.setInt16(352 + 2 * k, value, true));
  return file;
}

/** Have the browser save a file. */
function save(parts, name, type) {
  const href = URL.createObjectURL(new Blob(parts, { type }));
  make("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 10000);
}

function render({ model, el }) {
  const root = make("div", { className: "gancourse-live this-brain", innerHTML: PAGE });
  el.append(root);
  const find = (name) => root.querySelector(name);
  const facts = model.get("_facts");
  const { modalities, labels, white, pixelMm, maxSeed, wall: count } = facts;
  const colours = Object.fromEntries(labels.map(({ value, colour }) =>
    [value, [1, 3, 5].map((k) => parseInt(colour.slice(k, k + 2), 16))]));
  const names = [...modalities, "Labels"];
  const asker = new Asker(root, model, () => say(facts.waiting));
  const wall = { patients: [], next: null, left: 0 };
  let shown, nearest, training, resting;

  const say = (text) => (find(".said").textContent = text);
  const damaged = () => say("The picture of the nearest training slice arrived damaged, so it cannot be shown. Try again later; all else goes on.");

  /** A picture with its name and the marks of the patient's sides. */
  function picture(name) {
    const box = make("div", { className: "picture" });
    box.innerHTML = `<canvas role="img"></canvas><b class="name" aria-hidden="true"></b>${SIDES}`;
    box.querySelector(".name").textContent = name;
    box.querySelector("canvas").setAttribute("aria-label", name);
    return box;
  }

  /** A modality as grey pixels; the labels, number 4, in colour over the last modality. */
  function imageOf({ levels, labels: seg, size }, which) {
    const image = new ImageData(size, size);
    const start = Math.min(which, modalities.length - 1) * size ** 2;
    for (let k = 0; k < size ** 2; k++) {
      const grey = Math.max(0, (255 * (levels[start + k] - 1)) / (white - 1));
      const colour = which === modalities.length && colours[seg[k]];
      for (let c = 0; c < 3; c++) {
        image.data[4 * k + c] = colour ? (1 - LABEL_SHARE) * grey + LABEL_SHARE * colour[c] : grey;
      }
      image.data[4 * k + 3] = 255;
    }
    return image;
  }

  /** Half the size by means of 2 x 2 pixels, as the training slices are shown. */
  function smaller(patient, which, side) {
    const { levels, size } = patient;
    const step = size / side;
    const image = new ImageData(side, side);
    for (let k = 0; k < side ** 2; k++) {
      let sum = 0;
      for (let j = 0; j < step ** 2; j++) {
        const [y, x] = [Math.floor(k / side) * step + Math.floor(j / step), (k % side) * step + (j % step)];
        sum += Math.max(0, levels[which * size ** 2 + y * size + x] - 1);
      }
      const grey = (255 * sum) / step ** 2 / (white - 1);
      image.data.set([grey, grey, grey, 255], 4 * k);
    }
    return image;
  }

  /** What the labels say, in words. */
  function tumour({ labels: seg }) {
    const area = (value) => (seg.filter((label) => (value ? label === value : label > 0)).length * pixelMm ** 2) / 100;
    if (!area()) return "The labels show no tumour in this slice.";
    const parts = labels.filter(({ value }) => area(value)).map(({ value, name }) => `${area(value).toFixed(1)} cm² ${name}`);
    return `The labels show a tumour of ${area().toFixed(1)} cm²: ${parts.join(", ")}.`;
  }

  function paint() {
    root.querySelectorAll(".pictures canvas").forEach((canvas, k) => paintImage(canvas, imageOf(shown, k)));
    paintWall();
    paintTraining();
    root.dataset.painted = 1 + +(root.dataset.painted ?? 0);
  }

  function showPatient() {
    find("input").value = shown.seed;
    find("figcaption").textContent =
      `This brain does not exist. Its seed is ${shown.seed}. ${tumour(shown)} The patient's right is on the left.`;
    root.querySelectorAll(".pictures canvas").forEach((canvas, k) =>
      canvas.setAttribute("aria-label", `${names[k]} of the generated patient with seed ${shown.seed}`));
    root.dataset.seed = shown.seed;
  }

  // The wall

  function paintWall() {
    const which = +find(".wall select").value;
    root.querySelectorAll(".tiles canvas").forEach((canvas, k) => paintImage(canvas, imageOf(wall.patients[k], which)));
  }

  function nameWall() {
    const { left, patients } = wall;
    find(".many").textContent = left ? "Stop" : `Wall of ${count} patients`;
    find(".wall").hidden = !left && !patients.length;
    const seeds = patients.length && `Seeds ${patients[0].seed} to ${patients.at(-1).seed}.`;
    find(".count").textContent = `${patients.length} of ${count} patients. ${seeds || ""}`;
  }

  function hang(patient) {
    const tile = make("button", { type: "button" });
    tile.innerHTML = `<canvas aria-hidden="true"></canvas>${SIDES}`;
    tile.setAttribute("aria-label", `Patient with seed ${patient.seed}: show it large`);
    tile.addEventListener("click", () => {
      ask("patient", patient.seed);
      find(".patient").focus();
    });
    const item = make("li", {});
    item.append(tile);
    find(".tiles").append(item);
    wall.patients.push(patient);
    paintImage(tile.querySelector("canvas"), imageOf(patient, +find(".wall select").value));
  }

  function fillWall() {
    if (wall.left) asker.ask({ do: "wall", value: (wall.next = (wall.next + 1) % (maxSeed + 1)) });
    nameWall();
  }

  // The nearest training patient

  async function readTraining() {
    const { sheet, place, columns, side, mirrored } = nearest;
    const picture = await createImageBitmap(new Blob([bytes(sheet)]));
    const canvas = make("canvas", { width: side, height: side });
    const context = canvas.getContext("2d", { willReadFrequently: true });
    return [0, 1].map((k) => {
      const [x, y] = [(2 * (place % columns) + k) * side, Math.floor(place / columns) * side];
      context.setTransform(mirrored ? -1 : 1, 0, 0, 1, mirrored ? side : 0, 0);
      context.drawImage(picture, x, y, side, side, 0, 0, side, side);
      return context.getImageData(0, 0, side, side);
    });
  }

  function tellTraining() {
    const { patient, slices, mirrored, nearer } = nearest;
    const turned = mirrored ? " It is shown mirrored, since its mirror image is the nearest." : "";
    find(".told").textContent =
      `Of ${slices.toLocaleString("en")} training slices, this one of phantom ${patient} is the nearest.${turned} ` +
      `The generated brain is nearer to it than ${nearer} of 100 training slices are to their own nearest slice of another patient. ` +
      "A copy would be nearer than all 100, but a near brain need not be a copy: compare the folds, the ventricles and the tumour.";
  }

  async function showTraining() {
    const mine = nearest;
    try {
      training = { images: await readTraining(), side: nearest.side };
    } catch (error) {
      console.warn(error);
      if (mine === nearest) damaged();
      return;
    }
    if (mine !== nearest) return;
    find(".training").hidden = false;
    tellTraining();
    paintTraining();
    root.dataset.nearest = nearest.row;
  }

  function hideTraining() {
    training = undefined;
    find(".training").hidden = true;
    find(".told").textContent = "";
    delete root.dataset.nearest;
  }

  function paintTraining() {
    if (!training) return;
    root.querySelectorAll(".pairs canvas").forEach((canvas, k) => {
      const which = k % 2;
      const image = k < 2 ? smaller(shown, which ? modalities.length - 1 : 0, training.side) : training.images[which];
      paintImage(canvas, image);
    });
  }

  // Downloads

  function savePicture() {
    const height = PICTURE + 44;
    const sheet = make("canvas", { width: PICTURE * names.length, height });
    const context = sheet.getContext("2d", { alpha: false });
    const slice = make("canvas", {});
    context.font = "22px sans-serif";
    context.textBaseline = "middle";
    const write = (text, x, y, align) => {
      Object.assign(context, { fillStyle: "#fff", textAlign: align });
      context.fillText(text, x, y);
    };
    names.forEach((name, k) => {
      paintImage(slice, imageOf(shown, k), PICTURE);
      context.drawImage(slice, k * PICTURE, 0);
      write(name, (k + 0.5) * PICTURE, 18, "center");
      write("R", k * PICTURE + 8, PICTURE / 2, "left");
      write("L", (k + 1) * PICTURE - 8, PICTURE / 2, "right");
    });
    write(`This brain does not exist: generated, seed ${shown.seed}. For research and teaching only.`, 10, PICTURE + 22, "left");
    sheet.toBlob((blob) => save([blob], `brain-${shown.seed}.png`, "image/png"));
  }

  function saveVolume(which) {
    const { levels, labels: seg, size, seed } = shown;
    const values = which < modalities.length ? levels.subarray(which * size ** 2, (which + 1) * size ** 2) : seg;
    const name = which < modalities.length ? modalities[which].toLowerCase() : "seg";
    save([nifti(values, size, facts)], `brain-${seed}_${name}.nii`, "application/octet-stream");
  }

  // Between the page and the network

  function ask(what, value) {
    root.setAttribute("aria-busy", "true");
    asker.ask({ do: what, value });
  }

  /** Ask for the patient with a seed as text, or say why there is none. */
  function askFor(text) {
    const seed = /^\s*\d+\s*$/.test(text) ? Number(text) : NaN;
    if (seed <= maxSeed) return ask("patient", seed);
    say(`A seed is a whole number from 0 to ${maxSeed.toLocaleString("en")}. The patient below is still that of seed ${shown.seed}.`);
  }

  function keepAddress() {
    if (facts.address && location.hash !== `#${shown.seed}`) history.replaceState(history.state, "", `#${shown.seed}`);
  }

  function readAddress() {
    const text = location.hash.slice(1);
    if (/^[\d.-]+$/.test(text) && text !== String(shown.seed)) askFor(text);
  }

  function hear() {
    const { answers, said, ...frame } = model.get("_frame");
    const mine = asker.answered(answers);
    if (mine) {
      root.removeAttribute("aria-busy");
      say(said ?? "");
    }
    if (frame.shown.seed !== shown.seed) {
      shown = unpack(frame.shown);
      hideTraining();
      showPatient();
      paint();
    }
    if (mine) keepAddress();
    nearest = frame.nearest;
    if (nearest && nearest.row !== +(root.dataset.nearest ?? -1)) showTraining();
    if (mine && wall.left && frame.newest?.seed === wall.next) {
      hang(unpack(frame.newest));
      wall.left -= 1;
      fillWall();
    } else if (mine && wall.left && said) {
      wall.left = 0; // it goes no further
      nameWall();
    }
    clearTimeout(resting);
    resting = setTimeout(() => model.send({ rests: true }), REST_AFTER);
  }

  for (const name of names) find(".pictures").append(picture(name));
  for (const [who, text] of [["generated", "Generated"], ["real", "Training"]]) {
    for (const name of [modalities[0], modalities.at(-1)]) {
      const box = picture(`${text}, ${name}`);
      box.classList.add(who);
      find(".pairs").append(box);
    }
  }
  for (const { name, colour } of labels) {
    const item = make("li", { textContent: name });
    item.prepend(make("i", { style: `background: ${colour}` }));
    find(".legend").append(item);
  }
  names.forEach((name, k) => {
    const button = make("button", { type: "button", value: k, textContent: `${name} .nii` });
    find(".downloads").append(button);
    find(".wall select").append(new Option(name, k));
  });
  find(".wall select").value = modalities.length - 1;
  find("input").max = maxSeed;
  find(".controls").noValidate = true;

  find(".make").addEventListener("click", () => ask("patient", Math.floor(SEEDS * Math.random())));
  find(".controls").addEventListener("submit", (event) => {
    event.preventDefault();
    askFor(find("input").value);
  });
  find(".nearest").addEventListener("click", () => ask("nearest"));
  find(".many").addEventListener("click", () => {
    if (wall.left) wall.left = 0;
    else {
      find(".tiles").replaceChildren();
      Object.assign(wall, { patients: [], left: count, next: shown.seed });
    }
    fillWall();
  });
  find(".downloads").addEventListener("click", ({ target }) => {
    if (target.value === "png") savePicture();
    else if (target.value) saveVolume(+target.value);
  });
  find(".wall select").addEventListener("change", paintWall);
  keepKeys(root);

  shown = unpack(model.get("_frame").shown);
  showPatient();
  nameWall();
  paint();
  hear();
  model.on("change:_frame", hear);
  if (facts.address) {
    readAddress();
    window.addEventListener("hashchange", readAddress);
  }
  const resized = new ResizeObserver(paint);
  resized.observe(find(".pictures"));
  return () => {
    clearTimeout(resting);
    resized.disconnect();
    window.removeEventListener("hashchange", readAddress);
    model.off("change:_frame", hear);
  };
}

export default { render };
