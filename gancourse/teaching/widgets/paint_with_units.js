// The page's half of PaintWithUnits, after live.js: a brush over a generated patient, who follows it.

const UNDO = 50; // steps that are kept
const LONGEST_PAUSE = 150; // ms without a network while a stroke goes on, so that the brush never waits for long
const STEP = 4; // pixels that an arrow key moves the cursor; with Shift, 1
const SOME = 0.05; // cm² that count as a tumour
const SEEDS = 100000; // that a new patient is drawn from
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const TOOLS = { draw: ["Draw", "d"], remove: ["Remove", "r"], eraser: ["Erase paint", "e"] };
const INVITED = "Choose what your brush is for, and brush over the patient.";
const WAITING = "Waiting for Python: the network is being loaded, or a cell is running. If this message stays, run the cell again.";

const key = (letter) => `<kbd aria-hidden="true">${letter.toUpperCase()}</kbd>`;

const PAGE = `<div class="page">
  <div class="stage">
    <div class="row">
      <button class="new" type="button">New patient</button>
      <label>Seed <input class="seed" type="number" min="0" step="1" inputmode="numeric"></label>
      <label>Shown <select class="shown"></select></label>
    </div>
    <canvas class="board" role="application" tabindex="0"></canvas>
    <div class="palette" role="radiogroup" aria-label="What the brush is for"></div>
    <div class="row tools">
      ${Object.entries(TOOLS).map(([tool, [name, letter]]) =>
        `<button type="button" data-tool="${tool}" aria-pressed="false" aria-keyshortcuts="${letter}">${name}${key(letter)}</button>`).join("")}
      <button class="undo" type="button" aria-keyshortcuts="z">Undo${key("z")}</button>
      <button class="redo" type="button" aria-keyshortcuts="y">Redo${key("y")}</button>
      <button class="clear" type="button">Clear</button>
    </div>
    <label class="slider">Brush <input class="size" type="range" min="4" max="50" value="16"> <span class="value"></span></label>
    <label class="slider">Units <input class="units" type="range" min="1"> <span class="value"></span></label>
    <p class="said" role="status"></p>
  </div>
  <div class="seen">
    <fieldset class="style">
      <legend>Style</legend>
      <p class="about-style"></p>
      <div class="row"><button class="lend" type="button" aria-pressed="false">Lend the style of a patient with a tumour</button></div>
    </fieldset>
    <div class="pair">
      <figure><canvas class="labels-before" role="img"></canvas><figcaption>Before painting</figcaption></figure>
      <figure><canvas class="labels-after" role="img"></canvas><figcaption>After painting</figcaption></figure>
    </div>
    <p class="legend"></p>
    <table><thead><tr><th scope="col">Area</th><th scope="col">before</th><th scope="col">after</th>
      <th scope="col">change</th></tr></thead><tbody></tbody></table>
    <p class="elsewhere"></p>
    <div class="scans"></div>
    <div class="row">
      <button class="earlier" type="button" aria-pressed="false" aria-keyshortcuts="b">Show before${key("b")}</button>
      <label><input class="outlines" type="checkbox" checked> Outline my paint</label>
      <label><input class="tinted" type="checkbox"> Labels in colour</label>
      <button class="save" type="button">Save as a picture</button>
    </div>
    <p class="note">You paint no pixel. Your brush moves units in the middle of the generator, and the layers behind it
      draw what they make of that. The patient does not exist.</p>
  </div></div>`;

const rgb = (colour) => [1, 3, 5].map((k) => parseInt(colour.slice(k, k + 2), 16));
const cm2 = (area) => `${area.toFixed(1)} cm²`;
const percent = (value) => `${value.toFixed(1)} %`;

/** What the paint has changed, in a sentence. */
function verdict(report) {
  const changes = report.filter(({ before, after }) => Math.abs(after - before) >= SOME);
  if (!changes.length) return "Your paint has changed no area.";
  const told = changes.map(({ name, before, after }) => `${name.toLowerCase()} ${after > before ? "grew" : "shrank"} from ${before.toFixed(1)} to ${cm2(after)}`);
  const last = told.pop();
  return `Under your paint, ${told.length ? `${told.join(", ")} and ` : ""}${last}.`;
}

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "gancourse-live paint-with-units";
  root.innerHTML = PAGE;
  el.append(root);
  const find = (name) => root.querySelector(name);
  const facts = model.get("_facts");
  const { size, brushes, modalities, white, most_units: most, max_seed: highest, pixel_cm2: area } = facts;
  const pixels = size * size;
  const concepts = brushes.filter(({ draws }) => draws);
  const colours = brushes.map(({ colour }) => rgb(colour));
  const labelColours = Object.fromEntries(facts.labels.map(({ value, colour }) => [value, rgb(colour)]));
  const frame = () => model.get("_frame");
  const say = (text) => {
    if (find(".said").textContent !== text) find(".said").textContent = text;
  };
  let before = ""; // what was said before the page had to wait
  const asker = new Asker(root, model, () => {
    before = find(".said").textContent;
    say(model.get("_waiting") || WAITING);
  });
  root.dataset.drawn = root.dataset.shown = 0;

  let painting = bytes(frame().painting).slice();
  let [tool, concept] = ["draw", 0];
  let [past, future] = [[], []];
  let drawing = null; // a stroke that goes on: where it has got to, and whether it has changed anything
  let pointer = null; // where the mouse is over the board
  let [stale, timer, asked, pause, sent] = [false, 0, 0, 0, 0];
  let resting, framing, patient;
  let earlier = false;
  const cursor = { x: size / 2, y: size / 2, seen: false };
  const width = () => +find(".size").value;
  const brush = () =>
    tool === "eraser" ? 0 : 1 + brushes.findIndex((it) => it.concept === concepts[concept].concept && it.draws === (tool === "draw"));

  // --- the patient as levels and labels
  function unpack({ levels, labels }) {
    const copy = bytes(levels).slice();
    return { levels: new Uint16Array(copy.buffer), labels: bytes(labels) };
  }
  function take() {
    patient = { before: unpack(frame().before), after: unpack(frame().after) };
  }
  const seen = () => (earlier ? patient.before : patient.after);

  // --- asking: the latest painting, with a pause for the brush between two
  function changed() {
    root.dataset.drawn = 1 + +root.dataset.drawn;
    stale = true;
    paint();
    goOn();
  }
  function goOn() {
    if (!stale || timer || asker.sent.length) return;
    timer = setTimeout(flush, drawing ? pause : 0);
  }
  function flush() {
    clearTimeout(timer);
    timer = 0;
    if (!stale) return;
    stale = false;
    [asked, sent] = [performance.now(), root.dataset.drawn];
    asker.ask({ do: "paint", value: encode(painting) });
  }

  // --- steps that can be taken back
  function remember() {
    past = [...past, painting.slice()].slice(-UNDO);
    future = [];
  }
  function goBack(from, to, words) {
    if (!from.length) return;
    to.push(painting.slice());
    painting = from.pop();
    say(words);
    changed();
    refresh();
  }
  const undo = () => goBack(past, future, "One step back.");
  const redo = () => goBack(future, past, "One step forward.");

  function begin(seed) {
    clearTimeout(timer);
    [timer, stale, past, future, earlier] = [0, false, [], [], false];
    painting = new Uint8Array(pixels);
    root.dataset.drawn = sent = 1 + +root.dataset.drawn;
    say(INVITED);
    asker.ask({ do: "patient", value: seed });
    refresh();
  }

  // --- painting
  function press(at) {
    remember();
    drawing = { at, changed: false };
    move(at);
  }
  function move(at) {
    if (!drawing) return;
    const value = brush();
    let any = false;
    stroke(size, drawing.at, at, width(), (k) => {
      any ||= painting[k] !== value;
      painting[k] = value;
    });
    drawing.at = at;
    if (!any) return;
    drawing.changed = true;
    setEarlier(false);
    changed();
  }
  function release() {
    if (!drawing) return;
    if (!drawing.changed) past.pop();
    drawing = null;
    goOn();
    refresh();
    tellChange();
  }

  // --- pictures
  const small = Object.assign(document.createElement("canvas"), { width: size, height: size });
  const image = new ImageData(size, size);
  /** Draw into a canvas, as wide as it is on the screen; `fill` gets the pixels' red, green, blue and opacity. */
  function draw(canvas, fill, { smooth = true, over = false } = {}) {
    fill(image.data);
    small.getContext("2d").putImageData(image, 0, 0);
    const wide = Math.max(size, Math.round(canvas.clientWidth * devicePixelRatio));
    if (canvas.width !== wide || canvas.height !== wide) canvas.width = canvas.height = wide;
    const context = canvas.getContext("2d");
    Object.assign(context, { imageSmoothingEnabled: smooth, imageSmoothingQuality: "high" });
    if (!over) context.clearRect(0, 0, wide, wide);
    context.drawImage(small, 0, 0, wide, wide);
  }
  function markSide(canvas) {
    const [context, high] = [canvas.getContext("2d"), Math.max(canvas.width / 20, 11 * devicePixelRatio)];
    Object.assign(context, { font: `${high}px system-ui, sans-serif`, fillStyle: "#fff", textBaseline: "middle" });
    context.fillText("R", high / 3, canvas.height / 2);
  }
  const grey = ({ levels }, m) => (data) => {
    for (let k = 0, j = 0; k < pixels; k++, j += 4) {
      const level = levels[m * pixels + k];
      data[j] = data[j + 1] = data[j + 2] = level ? ((level - 1) / (white - 1)) * 255 : 0;
      data[j + 3] = 255;
    }
  };
  const tint = ({ labels }) => (data) => {
    for (let k = 0, j = 0; k < pixels; k++, j += 4) {
      [data[j], data[j + 1], data[j + 2]] = labelColours[labels[k]] ?? [0, 0, 0];
      data[j + 3] = labels[k] ? 150 : 0;
    }
  };
  /** The painting's edge, broken where something is removed; and all of it as long as the picture does not know of it. */
  const traced = (filled) => (data) => {
    for (let k = 0, j = 0; k < pixels; k++, j += 4) {
      const value = painting[k];
      const [x, y] = [k % size, Math.floor(k / size)];
      const edge = value && (x === 0 || x === size - 1 || y === 0 || y === size - 1 || painting[k - 1] !== value
        || painting[k + 1] !== value || painting[k - size] !== value || painting[k + size] !== value);
      const broken = value && !brushes[value - 1].draws && (x + y) % 4 > 1;
      if (value) [data[j], data[j + 1], data[j + 2]] = colours[value - 1];
      data[j + 3] = edge && !broken ? 255 : value && filled ? 70 : 0;
    }
  };

  function drawBoard() {
    const board = find(".board");
    draw(board, grey(seen(), +find(".shown").value));
    if (find(".tinted").checked) draw(board, tint(seen()), { over: true, smooth: false });
    const late = stale || asker.awaits("paint");
    if (!earlier && (find(".outlines").checked || late)) draw(board, traced(late), { over: true, smooth: false });
    markSide(board);
    const context = board.getContext("2d");
    const scale = board.width / size;
    const ring = ({ x, y }, cross) => {
      for (const [colour, line] of [["#000", 3], [brush() ? concepts[concept].colour : "#fff", 1.8]]) {
        Object.assign(context, { strokeStyle: colour, lineWidth: line * devicePixelRatio });
        context.setLineDash(tool === "remove" ? [5 * devicePixelRatio, 4 * devicePixelRatio] : []);
        context.beginPath();
        context.arc(x * scale, y * scale, (width() / 2) * scale, 0, 2 * Math.PI);
        if (cross) {
          for (const [u, v] of [[1, 0], [0, 1]]) {
            context.moveTo((x - 3 * u) * scale, (y - 3 * v) * scale);
            context.lineTo((x + 3 * u) * scale, (y + 3 * v) * scale);
          }
        }
        context.stroke();
      }
      context.setLineDash([]);
    };
    if (pointer) ring({ x: pointer[0], y: pointer[1] }, false);
    if (cursor.seen) ring(cursor, true);
  }

  const figures = modalities.map((name, m) => {
    const figure = document.createElement("figure");
    figure.innerHTML = `<canvas role="img"></canvas><figcaption>${name}</figcaption>`;
    find(".scans").append(figure);
    return { name, m, canvas: figure.querySelector("canvas") };
  });
  const flair = modalities.indexOf("FLAIR");

  function drawSeen() {
    for (const { name, m, canvas } of figures) {
      draw(canvas, grey(seen(), m));
      markSide(canvas);
      canvas.setAttribute("aria-label", `${name}, ${earlier ? "before" : "after"} painting`);
    }
    for (const [place, words] of [["before", "before painting"], ["after", "after painting"]]) {
      const canvas = find(`.labels-${place}`);
      draw(canvas, grey(patient[place], flair));
      draw(canvas, tint(patient[place]), { over: true, smooth: false });
      markSide(canvas);
      const [core, oedema] = frame().report.map((row) => row[place]);
      canvas.setAttribute("aria-label", `FLAIR with the labels of the tumour, ${words}: core ${cm2(core)}, oedema ${cm2(oedema)}`);
    }
  }

  /** Draw all, once before the next picture of the screen. */
  function paint() {
    framing ??= requestAnimationFrame(() => {
      framing = null;
      drawBoard();
      root.dataset.painted = 1 + +(root.dataset.painted ?? 0);
    });
  }

  // --- what the controls say
  function refresh() {
    for (const [button, steps] of [[".undo", past], [".redo", future]]) {
      if (!steps.length) passFocus(find(button), find(".board"));
      find(button).disabled = !steps.length;
    }
    const any = painting.some((value) => value);
    if (!any) passFocus(find(".clear"), find(".board"));
    find(".clear").disabled = !any;
    for (const button of root.querySelectorAll("[data-tool]")) {
      button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
    }
    find(`.palette input[value="${concept}"]`).checked = true;
    const wide = `${Math.round(width() * Math.sqrt(area) * 10)} mm`;
    find(".size").nextElementSibling.textContent = wide;
    find(".size").setAttribute("aria-valuetext", wide);
    const units = `${find(".units").value} of ${most}`;
    find(".units").nextElementSibling.textContent = units;
    find(".units").setAttribute("aria-valuetext", `${units} units`);
    find(".earlier").setAttribute("aria-pressed", String(earlier));
    paint();
  }
  function setEarlier(value) {
    if (earlier === value) return;
    earlier = value;
    refresh();
    drawSeen();
  }

  function tellStyle() {
    const { lent, report, moved } = frame();
    const [core, oedema] = report.map((row) => row.before);
    find(".lend").setAttribute("aria-pressed", String(lent));
    find(".style").classList.toggle("wanted", !lent && core + oedema < SOME);
    find(".about-style").textContent = lent
      ? `The layers behind your brush have the style of another patient, who has a tumour. That alone moves grey values by ${percent(moved.style)} of their range, and gives ${cm2(core + oedema)} of tumour.`
      : core + oedema < SOME
        ? "This patient has no tumour, and their own style mutes the units of one: hardly any tumour grows here, unless somebody lends them a style."
        : "This patient has a tumour, and their own style lets some units of a tumour speak, though not in all places.";
  }
  function tellReport() {
    const { report, moved } = frame();
    find("tbody").replaceChildren(...report.map(({ name, before: was, after: now }) => {
      const line = document.createElement("tr");
      line.append(Object.assign(document.createElement("th"), { scope: "row", textContent: name }));
      const change = now - was;
      const sign = Math.abs(change) < SOME ? "" : change > 0 ? "+" : "−";
      for (const text of [cm2(was), cm2(now), `${sign}${cm2(Math.abs(change))}`]) {
        line.append(Object.assign(document.createElement("td"), { textContent: text }));
      }
      return line;
    }));
    find(".elsewhere").textContent = !painting.some((value) => value) ? "" : `Where you have not painted, the brain's grey values moved by ${percent(moved.elsewhere)} of their range.`;
  }
  function tellChange() {
    if (drawing || stale || asker.sent.length || !painting.some((value) => value)) return;
    say(verdict(frame().report));
  }

  function show() {
    const { answers, said, seed, units } = frame();
    take();
    if (asker.answered(answers)) {
      pause = Math.min(LONGEST_PAUSE, (performance.now() - asked) / 2);
      if (!stale) root.dataset.shown = sent;
      clearTimeout(resting);
      resting = setTimeout(() => model.send({ rests: true }), REST);
      if (said) say(said);
      else {
        if (find(".said").textContent === (model.get("_waiting") || WAITING)) say(before);
        tellChange();
      }
      goOn();
    } else if (!drawing && !stale && !asker.sent.length) painting = bytes(frame().painting).slice(); // another view has painted
    if (!asker.awaits("patient") && document.activeElement !== find(".seed")) find(".seed").value = seed;
    if (!asker.awaits("units")) find(".units").value = units;
    tellStyle();
    tellReport();
    drawSeen();
    refresh();
  }

  // --- controls
  Object.assign(find(".units"), { max: most, value: frame().units });
  find(".seed").max = highest;
  for (const [m, name] of modalities.entries()) find(".shown").append(new Option(name, m, m === flair, m === flair));
  for (const [k, { name, colour }] of concepts.entries()) {
    const choice = document.createElement("label");
    choice.innerHTML = `<input type="radio" name="concept${asker.view}" value="${k}" aria-keyshortcuts="${k + 1}"><i style="background:${colour}"></i><span>${name}</span>${key(String(k + 1))}`;
    find(".palette").append(choice);
  }
  for (const { name, colour } of facts.labels) {
    const entry = document.createElement("span");
    entry.innerHTML = `<i style="background:${colour}"></i>${name}`;
    find(".legend").append(entry);
  }
  find(".palette").addEventListener("change", ({ target }) => chooseConcept(+target.value));
  find(".new").addEventListener("click", () => begin(Math.floor(Math.random() * SEEDS)));
  find(".seed").addEventListener("change", ({ target }) => {
    if (/^\d+$/.test(target.value) && +target.value <= highest) begin(+target.value);
    else {
      target.value = frame().seed;
      say(`A seed is a whole number from 0 to ${highest.toLocaleString("en")}.`);
    }
  });
  find(".undo").addEventListener("click", undo);
  find(".redo").addEventListener("click", redo);
  find(".clear").addEventListener("click", () => {
    remember();
    painting = new Uint8Array(pixels);
    say("All paint is gone. Undo brings it back.");
    changed();
    refresh();
  });
  find(".size").addEventListener("input", refresh);
  find(".units").addEventListener("input", () => {
    flush();
    asker.ask({ do: "units", value: +find(".units").value });
    refresh();
  });
  find(".lend").addEventListener("click", () => {
    flush();
    asker.ask({ do: "lend", value: find(".lend").getAttribute("aria-pressed") !== "true" });
  });
  find(".shown").addEventListener("change", paint);
  find(".outlines").addEventListener("change", paint);
  find(".tinted").addEventListener("change", paint);
  find(".earlier").addEventListener("click", () => setEarlier(!earlier));
  for (const button of root.querySelectorAll("[data-tool]")) button.addEventListener("click", () => chooseTool(button.dataset.tool));
  function chooseTool(name) {
    tool = name;
    refresh();
  }
  function chooseConcept(k) {
    concept = k;
    if (tool === "eraser") tool = "draw";
    refresh();
  }

  // --- saving: FLAIR before and after, and both with labels
  find(".save").addEventListener("click", () => {
    const side = 3 * size;
    const sheet = Object.assign(document.createElement("canvas"), { width: 4 * side, height: side });
    const tile = Object.assign(document.createElement("canvas"), { width: side, height: side });
    const shown = +find(".shown").value;
    [["before", false], ["after", false], ["before", true], ["after", true]].forEach(([place, coloured], k) => {
      const to = tile.getContext("2d");
      to.imageSmoothingQuality = "high";
      for (const fill of [grey(patient[place], shown), ...(coloured ? [tint(patient[place])] : [])]) {
        fill(image.data);
        small.getContext("2d").putImageData(image, 0, 0);
        to.drawImage(small, 0, 0, side, side);
      }
      markSide(tile);
      sheet.getContext("2d").drawImage(tile, k * side, 0);
    });
    const link = Object.assign(document.createElement("a"), { download: `painted-with-units-${frame().seed}.png`, href: sheet.toDataURL("image/png") });
    link.click();
    say("The picture is among your downloads: before and after painting, and both with their labels.");
  });

  // --- mouse, finger, pen
  const board = find(".board");
  followPointer(board, size, {
    hover: (at) => (pointer = at),
    press: (at) => {
      cursor.seen = false;
      press(at);
    },
    move,
    release,
    paint,
  });

  // --- keys
  board.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (MOVES[event.key]) {
      for (const [k, axis] of ["x", "y"].entries()) {
        const to = cursor[axis] + MOVES[event.key][k] * (event.shiftKey ? 1 : STEP);
        cursor[axis] = Math.min(size - 0.5, Math.max(0.5, to));
      }
      move([cursor.x, cursor.y]);
      if (!drawing) say(`Cursor at ${Math.floor(cursor.x)}, ${Math.floor(cursor.y)}.`);
    } else if (event.key === " ") {
      if (!drawing) press([cursor.x, cursor.y]);
    } else return;
    event.preventDefault();
    cursor.seen = true;
    paint();
  });
  board.addEventListener("keyup", (event) => {
    if (event.key === " ") release();
  });
  board.addEventListener("focus", () => {
    cursor.seen = board.matches(":focus-visible") && !drawing;
    paint();
  });
  board.addEventListener("blur", () => {
    cursor.seen = false;
    release();
    paint();
  });
  root.addEventListener("keydown", (event) => {
    const letter = event.key.toLowerCase();
    if (event.target.matches("select, input[type=number]") || event.altKey) return;
    if (event.ctrlKey || event.metaKey) {
      if (letter === "z") (event.shiftKey ? redo : undo)();
      else if (letter === "y") redo();
      else return;
    } else {
      const named = Object.entries(TOOLS).find(([, [, it]]) => it === letter);
      if (named) chooseTool(named[0]);
      else if (concepts[+letter - 1]) chooseConcept(+letter - 1);
      else if (letter === "z") undo();
      else if (letter === "y") redo();
      else if (letter === "b") setEarlier(!earlier);
      else if (letter === "[" || letter === "]") {
        find(".size").value = width() + (letter === "]" ? 2 : -2);
        refresh();
      } else return;
    }
    event.preventDefault();
    event.stopPropagation();
  });
  keepKeys(root);
  board.setAttribute("aria-label",
    "Painting area over the patient, whose right is on the left. Arrow keys move the cursor, Space paints, and holding Space paints a line.");

  model.on("change:_frame", show);
  const resized = new ResizeObserver(() => {
    paint();
    drawSeen();
  });
  show();
  say(INVITED);
  resized.observe(board);
  resized.observe(find(".scans"));
  return () => {
    clearTimeout(resting);
    clearTimeout(timer);
    cancelAnimationFrame(framing);
    resized.disconnect();
    model.off("change:_frame", show);
  };
}

export default { render };
