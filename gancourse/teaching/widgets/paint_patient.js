// The page's half of PaintPatient, after live.js: a board to draw labels on, and the scans that are painted from them.

const UNDO = 50; // steps that are kept
const LONGEST_PAUSE = 150; // ms without a network while a stroke goes on, so that the brush never waits for long
const STEP = 4; // pixels that an arrow key moves the cursor; with Shift, 1
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const TOOLS = { brush: ["Brush", "b"], eraser: ["Eraser", "e"], fill: ["Fill", "f"] };
const WAITING = "Waiting for Python: a network is being loaded, or a cell is running. If this message stays, run the cell again.";
const LOOKING = "The segmenter is looking at your scans.";
const NO_BRAIN = "There is no brain here. Tumours are drawn inside the brain only, unless you untick the box.";

const key = (letter) => `<kbd aria-hidden="true">${letter.toUpperCase()}</kbd>`;

const PAGE = `<div class="page">
  <div class="stage">
    <div class="row">
      <select class="start" aria-label="Start from"><optgroup label="Start from"></optgroup></select>
      <button class="again" type="button">Start again</button>
      <button class="surprise" type="button">Surprise me</button>
    </div>
    <canvas class="board" role="application" tabindex="0"></canvas>
    <div class="row tools">
      ${Object.entries(TOOLS).map(([tool, [name, letter]]) =>
        `<button type="button" data-tool="${tool}" aria-pressed="false" aria-keyshortcuts="${letter}">${name}${key(letter)}</button>`).join("")}
      <button class="undo" type="button" aria-keyshortcuts="z">Undo${key("z")}</button>
      <button class="redo" type="button" aria-keyshortcuts="y">Redo${key("y")}</button>
    </div>
    <div class="palette" role="radiogroup" aria-label="Label to draw"></div>
    <label class="size-row">Brush <input class="size" type="range" min="1" max="30" value="9"> <span class="value"></span></label>
    <p class="said" role="status"></p>
  </div>
  <div class="seen">
    <div class="scans"></div>
    <p class="truth-note" hidden></p>
    <div class="row">
      <label><input class="compare" type="checkbox"> Compare with the truth</label>
      <label><input class="inside" type="checkbox" checked> Tumour only inside the brain</label>
      <label>Draw on <select class="ground"><option value="tissue">the tissue map</option><option value="flair">the painted FLAIR</option></select></label>
      <button class="save" type="button">Save as a picture</button>
    </div>
    <fieldset class="look">
      <legend>Does a segmenter find what you drew?</legend>
      <div class="row"><button class="ask" type="button">Let the segmenter look</button></div>
      <p class="verdict" role="status"></p>
      <div class="result" hidden>
        <div class="pair">
          <figure><canvas class="drawn" role="img"></canvas><figcaption>You drew</figcaption></figure>
          <figure><canvas class="found" role="img"></canvas><figcaption>The segmenter found</figcaption></figure>
        </div>
        <table><thead><tr><th scope="col">Region</th><th scope="col">you drew</th><th scope="col">it found</th>
          <th scope="col">Dice</th></tr></thead><tbody></tbody></table>
        <p class="note">Dice is 1 where both are the same, and 0 where they share nothing.</p>
      </div>
    </fieldset>
    <p class="note">The network that paints has only ever seen phantoms. It paints nonsense for nonsense.</p>
  </div></div>`;

const rgb = (colour) => [1, 3, 5].map((k) => parseInt(colour.slice(k, k + 2), 16));

/** The pixels of a place's own label that hang together with it. */
function patch(labels, size, first) {
  const [wanted, seen, found] = [labels[first], new Uint8Array(labels.length), [first]];
  seen[first] = 1;
  for (let n = 0; n < found.length; n++) {
    const k = found[n];
    const [x, y] = [k % size, Math.floor(k / size)];
    for (const [there, j] of [[x > 0, k - 1], [x < size - 1, k + 1], [y > 0, k - size], [y < size - 1, k + size]]) {
      if (!there || seen[j] || labels[j] !== wanted) continue;
      seen[j] = 1;
      found.push(j);
    }
  }
  return found;
}

/** Put a tumour down at a random place: a core in a wavy rim, and oedema that spreads in white matter.
 *
 * Labels are in the palette's order: 1 CSF, 2 grey and 3 white matter, 4 necrotic core, 5 oedema, 6 enhancing rim.
 */
function surprise(labels, size, random = Math.random) {
  const white = [...labels.keys()].filter((k) => labels[k] === 3);
  if (white.length < 200) return false;
  const at = white[Math.floor(random() * white.length)];
  const radius = size * (0.05 + 0.06 * random());
  const [core, spread] = [0.45 + 0.3 * random(), 1.5 + 0.9 * random()];
  const wave = () => [2, 3, 5].map((turns) => [turns, (0.3 * random()) / turns ** 0.5, 2 * Math.PI * random()]);
  const waves = [wave(), wave(), wave()];
  const wavy = (k, angle) => waves[k].reduce((sum, [turns, much, phase]) => sum + much * Math.cos(turns * angle + phase), 1);
  const [x0, y0] = [at % size, Math.floor(at / size)];
  labels.forEach((label, k) => {
    if (label === 0) return;
    const [dx, dy] = [(k % size) - x0, Math.floor(k / size) - y0];
    const far = Math.hypot(dx, dy) / radius;
    const angle = Math.atan2(dy, dx);
    if (far < core * wavy(0, angle)) labels[k] = 4;
    else if (far < wavy(1, angle)) labels[k] = 6;
    else if (label !== 1 && far < (label === 3 ? 1 : 0.75) * spread * wavy(2, angle)) labels[k] = 5;
  });
  return true;
}

/** What a look of the segmenter came to, in words. */
function verdict([{ drawn, found, dice }]) {
  const [some, more] = [drawn, found].map((area) => area >= 0.05);
  const said = (area) => `${area.toFixed(1)} cm²`;
  if (!some && !more) return "You drew no tumour, and the segmenter found none.";
  if (!some) return `You drew no tumour, but the segmenter found ${said(found)} of one.`;
  if (!more) return `You drew ${said(drawn)} of tumour, and the segmenter found none of it.`;
  const overlap = dice >= 0.9 ? "They agree almost pixel by pixel." : dice >= 0.7 ? "Most of both overlaps."
    : dice >= 0.3 ? "They overlap in part." : dice > 0 ? "They hardly overlap." : "They do not overlap.";
  return `You drew ${said(drawn)} of tumour; the segmenter found ${said(found)}. ${overlap}`;
}

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "gancourse-live paint-patient";
  root.innerHTML = PAGE;
  el.append(root);
  const find = (name) => root.querySelector(name);
  const words = model.get("_words");
  const { size, palette, first, names, blank, fov_mm: fov } = words;
  const pixels = size * size;
  const colours = palette.map(({ colour }) => rgb(colour));
  const kept = Object.fromEntries(Object.entries(model.get("_phantoms")).map(([name, view]) => [name, bytes(view)]));
  const of = (array, k, count = pixels) => array.subarray(k * count, (k + 1) * count);
  const frame = () => model.get("_frame");
  const say = (text) => {
    if (find(".said").textContent !== text) find(".said").textContent = text;
  };
  let before = ""; // what was said before the page had to wait
  const asker = new Asker(root, model, () => {
    if (looking) return;
    before = find(".said").textContent;
    say(model.get("_waiting") || WAITING);
  });
  root.dataset.drawn = root.dataset.shown = 0;

  let labels = bytes(frame().labels).slice();
  let start = frame().start;
  let [tool, label] = ["brush", palette.findIndex(({ key }) => key === "o")];
  let [past, future] = [[], []];
  let drawing = null; // a stroke that goes on: where it has got to, and whether it has changed anything
  let looking = false;
  let pointer = null; // where the mouse is over the board
  let [stale, timer, asked, pause, sent] = [false, 0, 0, 0, 0];
  let resting, painting;
  const cursor = { x: size / 2, y: size / 2, seen: false };

  const own = () => names.indexOf(start);
  const startLabels = () => (own() < 0 ? new Uint8Array(pixels) : of(kept.labels, own()));
  const under = (k) => (own() < 0 ? 0 : kept.tissue[own() * pixels + k]);
  const width = () => +find(".size").value;

  // --- asking for the scans: the latest drawing, with a pause for the brush between two
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
    asker.ask({ do: "paint", value: encode(labels) });
  }

  // --- steps that can be taken back
  const state = () => ({ labels: labels.slice(), start });
  function remember() {
    past = [...past, state()].slice(-UNDO);
    future = [];
  }
  function goBack(from, to, words) {
    if (!from.length) return;
    to.push(state());
    const { labels: old, start: began } = from.pop();
    labels = old;
    if (began !== start) asker.ask({ do: "start", value: began });
    start = began;
    say(words);
    changed();
    refresh();
  }
  const undo = () => goBack(past, future, "One step back.");
  const redo = () => goBack(future, past, "One step forward.");

  function begin(name) {
    remember();
    start = name;
    labels = startLabels().slice();
    asker.ask({ do: "start", value: name });
    say(name === blank ? "A blank page: begin with white matter." : "");
    changed();
    refresh();
  }

  // --- drawing
  function setLabel(k) {
    let value = tool === "eraser" ? under(k) : label;
    if (tool !== "eraser" && value >= first && labels[k] === 0 && find(".inside").checked) {
      drawing.refused = true;
      return;
    }
    if (labels[k] === value) return;
    labels[k] = value;
    drawing.changed = true;
  }
  function press(at) {
    remember();
    drawing = { at, changed: false, refused: false };
    if (tool === "fill") {
      const [x, y] = at.map(Math.floor);
      if (x >= 0 && y >= 0 && x < size && y < size) patch(labels, size, y * size + x).forEach(setLabel);
      if (drawing.changed) changed();
    } else move(at);
  }
  function move(at) {
    if (!drawing || tool === "fill") return;
    const before = drawing.changed;
    drawing.changed = false;
    stroke(size, drawing.at, at, width(), setLabel);
    drawing.at = at;
    if (drawing.changed) changed();
    drawing.changed ||= before;
  }
  function release() {
    if (!drawing) return;
    const { changed: any, refused } = drawing;
    drawing = null;
    if (!any) past.pop();
    say(!any && refused ? NO_BRAIN : "");
    goOn();
    refresh();
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
    return context;
  }
  function markSide(canvas) {
    const [context, high] = [canvas.getContext("2d"), Math.max(canvas.width / 20, 11 * devicePixelRatio)];
    Object.assign(context, { font: `${high}px system-ui, sans-serif`, fillStyle: "#fff", textBaseline: "middle" });
    context.fillText("R", high / 3, canvas.height / 2);
  }
  const grey = (values) => (data) => {
    for (let k = 0, j = 0; k < pixels; k++, j += 4) {
      data[j] = data[j + 1] = data[j + 2] = values[k];
      data[j + 3] = 255;
    }
  };
  /** Colours of labels: tumour alone, so transparent, or all of them. */
  const coloured = (labels, opacity = 0) => (data) => {
    for (let k = 0, j = 0; k < pixels; k++, j += 4) {
      [data[j], data[j + 1], data[j + 2]] = colours[labels[k]];
      data[j + 3] = opacity ? opacity * (labels[k] >= first) : 255;
    }
  };
  const painted = (k) => of(bytes(frame().painted), k);
  const scan = (k, canvas, values) => {
    draw(canvas, grey(values));
    markSide(canvas);
  };

  function drawBoard() {
    const board = find(".board");
    const over = find(".ground").value === "flair";
    if (over) {
      draw(board, grey(painted(3)));
      draw(board, coloured(labels, 115), { smooth: false, over });
    } else draw(board, coloured(labels), { smooth: false });
    markSide(board);
    const context = board.getContext("2d");
    const scale = board.width / size;
    const ring = (x, y, radius, cross) => {
      for (const [colour, line] of [["#000", 3], ["#fff", 1.5]]) {
        Object.assign(context, { strokeStyle: colour, lineWidth: line * devicePixelRatio });
        context.beginPath();
        context.arc(x * scale, y * scale, radius * scale, 0, 2 * Math.PI);
        if (cross) {
          for (const [u, v] of [[1, 0], [0, 1]]) {
            context.moveTo((x - 3 * u) * scale, (y - 3 * v) * scale);
            context.lineTo((x + 3 * u) * scale, (y + 3 * v) * scale);
          }
        }
        context.stroke();
      }
    };
    const radius = tool === "fill" ? 1.5 : Math.max(width() / 2, 0.71);
    if (pointer) ring(...pointer, radius, tool === "fill");
    if (cursor.seen) ring(cursor.x, cursor.y, radius, true);
  }

  const figures = words.scans.map((name, k) => {
    const figure = document.createElement("figure");
    figure.innerHTML = `<figcaption></figcaption><div><canvas class="painted" role="img"></canvas><canvas class="own" role="img" hidden></canvas></div>`;
    const [caption, mine, truth] = ["figcaption", ".painted", ".own"].map((part) => figure.querySelector(part));
    mine.setAttribute("aria-label", `${name}, painted from the drawing`);
    truth.setAttribute("aria-label", `${name}, the phantom's own scan`);
    find(".scans").append(figure);
    return { name, k, caption, mine, truth };
  });

  function drawScans() {
    const comparing = find(".compare").checked;
    for (const { name, k, caption, mine, truth } of figures) {
      caption.textContent = comparing ? `${name}: painted | the phantom's` : name;
      truth.hidden = !comparing;
      scan(k, mine, painted(k));
      if (comparing) scan(k, truth, of(kept.scans, 4 * own() + k));
    }
    const { found, report } = frame();
    find(".result").hidden = !report.length;
    if (report.length) {
      for (const [name, shown] of [[".drawn", labels], [".found", bytes(found)]]) {
        draw(find(name), grey(painted(3)));
        draw(find(name), coloured(shown, 140), { smooth: false, over: true });
        markSide(find(name));
      }
    }
  }

  /** Draw all, once before the next picture of the screen. */
  function paint() {
    painting ??= requestAnimationFrame(() => {
      painting = null;
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
    for (const button of root.querySelectorAll("[data-tool]")) {
      button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
    }
    find(`.palette input[value="${label}"]`).checked = true;
    find(".start").value = start;
    const brush = `${Math.round((width() * fov) / size)} mm`;
    find(".size-row .value").textContent = brush;
    find(".size").setAttribute("aria-valuetext", brush);
    showTruth();
    paint();
  }

  function showTruth() {
    const box = find(".compare");
    if (own() < 0) {
      passFocus(box, find(".board"));
      box.checked = false;
    }
    box.disabled = own() < 0;
    root.classList.toggle("comparing", box.checked);
    const note = find(".truth-note");
    note.hidden = !box.checked;
    if (box.checked) {
      const mine = startLabels();
      const different = labels.reduce((sum, value, k) => sum + +(value !== mine[k]), 0);
      note.textContent = different
        ? `You have changed ${different.toLocaleString("en")} pixels of this phantom's labels. Its own scans do not know of that.`
        : "The labels are still the phantom's own: its scans and the painting show the same patient.";
    }
    drawScans();
  }

  function showReport() {
    const { report } = frame();
    find(".verdict").textContent = report.length ? verdict(report) : looking ? find(".verdict").textContent : "";
    const cells = ({ drawn, found, dice }) =>
      [`${drawn.toFixed(1)} cm²`, `${found.toFixed(1)} cm²`, dice === null ? "none in either" : dice.toFixed(2)];
    find("tbody").replaceChildren(...report.map((row) => {
      const line = document.createElement("tr");
      line.append(Object.assign(document.createElement("th"), { scope: "row", textContent: row.name }));
      for (const text of cells(row)) line.append(Object.assign(document.createElement("td"), { textContent: text }));
      return line;
    }));
    if (!report.length) return;
    find(".drawn").setAttribute("aria-label", `FLAIR with the tumour that you drew, ${report[0].drawn.toFixed(1)} cm²`);
    find(".found").setAttribute("aria-label", `FLAIR with the tumour that the segmenter found, ${report[0].found.toFixed(1)} cm²`);
  }

  function show() {
    const { answers, said } = frame();
    if (asker.answered(answers)) {
      pause = Math.min(LONGEST_PAUSE, (performance.now() - asked) / 2);
      if (!stale) root.dataset.shown = sent;
      if (!asker.sent.length) looking = false;
      clearTimeout(resting);
      resting = setTimeout(() => model.send({ rests: true }), REST);
      if (said) say(said);
      else if (find(".said").textContent === (model.get("_waiting") || WAITING)) say(before);
      goOn();
    } else if (!drawing && !stale && !asker.sent.length) { // another view has drawn
      labels = bytes(frame().labels).slice();
      start = frame().start;
    }
    if (!looking) find(".ask").removeAttribute("aria-busy");
    showReport();
    refresh();
  }

  // --- controls
  for (const [value, text] of [...names.map((name) => [name, name]), [blank, "a blank page"]]) find(".start optgroup").append(new Option(text, value));
  for (const [k, { name, key: letter, colour }] of [...palette.entries()].reverse()) {
    const choice = document.createElement("label");
    choice.innerHTML = `<input type="radio" name="label${asker.view}" value="${k}" aria-keyshortcuts="${letter}"><i style="background:${colour}"></i><span>${name}</span>${key(letter)}`;
    find(".palette").append(choice);
  }
  find(".palette").addEventListener("change", ({ target }) => chooseLabel(+target.value));
  find(".start").addEventListener("change", ({ target }) => begin(target.value));
  find(".again").addEventListener("click", () => begin(start));
  find(".surprise").addEventListener("click", () => {
    remember();
    if (surprise(labels, size)) say("A tumour has been put down. Undo takes it away again.");
    else {
      past.pop();
      say("There is too little white matter for a surprise. Draw some first.");
    }
    changed();
    refresh();
  });
  find(".undo").addEventListener("click", undo);
  find(".redo").addEventListener("click", redo);
  find(".size").addEventListener("input", refresh);
  find(".ground").addEventListener("change", paint);
  find(".compare").addEventListener("change", showTruth);
  for (const button of root.querySelectorAll("[data-tool]")) button.addEventListener("click", () => chooseTool(button.dataset.tool));
  find(".ask").addEventListener("click", () => {
    if (looking) return;
    looking = true;
    find(".ask").setAttribute("aria-busy", "true");
    find(".verdict").textContent = model.get("_looking") || LOOKING;
    flush();
    asker.ask({ do: "look" });
  });
  function chooseTool(name) {
    tool = name;
    refresh();
  }
  function chooseLabel(k) {
    label = k;
    if (tool === "eraser") tool = "brush";
    refresh();
  }

  // --- saving: the board and the scans side by side
  find(".save").addEventListener("click", () => {
    const side = 2 * size;
    const sheet = Object.assign(document.createElement("canvas"), { width: 5 * side, height: side });
    const context = sheet.getContext("2d");
    const tile = Object.assign(document.createElement("canvas"), { width: side, height: side });
    const fills = [coloured(labels), ...figures.map(({ k }) => grey(painted(k)))];
    fills.forEach((fill, k) => {
      draw(tile, fill, { smooth: k > 0 });
      markSide(tile);
      context.drawImage(tile, k * side, 0, side, side);
    });
    const link = Object.assign(document.createElement("a"), { download: "painted-patient.png", href: sheet.toDataURL("image/png") });
    link.click();
    say("The picture is among your downloads.");
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
  const tell = () => {
    const k = Math.floor(cursor.y) * size + Math.floor(cursor.x);
    say(`Cursor at ${Math.floor(cursor.x)}, ${Math.floor(cursor.y)}: ${palette[labels[k]].name.toLowerCase()}`);
  };
  board.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (MOVES[event.key]) {
      for (const [k, axis] of ["x", "y"].entries()) {
        const to = cursor[axis] + MOVES[event.key][k] * (event.shiftKey ? 1 : STEP);
        cursor[axis] = Math.min(size - 0.5, Math.max(0.5, to));
      }
      move([cursor.x, cursor.y]);
      if (!drawing) tell();
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
    if (event.target.matches("select") || event.altKey) return;
    if (event.ctrlKey || event.metaKey) {
      if (letter === "z") (event.shiftKey ? redo : undo)();
      else if (letter === "y") redo();
      else return;
    } else {
      const chosen = palette.findIndex(({ key }) => key === letter);
      const named = Object.entries(TOOLS).find(([, [, it]]) => it === letter);
      if (chosen >= 0) chooseLabel(chosen);
      else if (named) chooseTool(named[0]);
      else if (letter === "z") undo();
      else if (letter === "y") redo();
      else if (letter === "[" || letter === "]") {
        find(".size").value = width() + (letter === "]" ? 1 : -1);
        refresh();
      } else return;
    }
    event.preventDefault();
    event.stopPropagation();
  });
  keepKeys(root);
  board.setAttribute("aria-label",
    "Drawing area, the patient's right on the left. Arrow keys move the cursor, Space draws, and holding Space draws a line.");

  model.on("change:_frame", show);
  const resized = new ResizeObserver(() => {
    paint();
    drawScans();
  });
  show();
  resized.observe(board);
  resized.observe(find(".scans"));
  return () => {
    clearTimeout(resting);
    clearTimeout(timer);
    cancelAnimationFrame(painting);
    resized.disconnect();
    model.off("change:_frame", show);
  };
}

export default { render };
