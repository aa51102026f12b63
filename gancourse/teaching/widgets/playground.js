// The page's half of Playground, after live.js: buttons that ask for the next frame, and canvases that show it.

const REACH = 1.4; // half the side of the plane that is shown
const SLOW = 500; // ms between two rounds
const ARROW = 0.2; // length of an arrow for a pull of 1; it grows with the pull's root, up to LONGEST
const LONGEST = 0.3;
const ARROWS = 100; // generated points that have one
const CELLS = 40;

const WAITING =
  "Waiting for Python: a new game is being built, or a cell is running. If this message stays, run the cell again.";

const COLOURS = {
  light: { paper: [255, 255, 255], real: "#0072b2", fake: "#c14a00", dLoss: "#00795a", ink: "#111111",
           realTint: [150, 202, 238], fakeTint: [247, 190, 150] },
  dark: { paper: [28, 28, 28], real: "#6cc4f5", fake: "#ff9e4a", dLoss: "#2fc79b", ink: "#eeeeee",
          realTint: [10, 74, 118], fakeTint: [122, 56, 12] },
};

const CHOICES = {
  data: [["line", "line"], ["ring", "ring"], ["two blobs", "two blobs"], ["eight blobs", "eight blobs"], ["drawn", "your drawing"]],
  noise: [["normal", "normal"], ["uniform", "uniform"]],
  noise_dim: [[1, "1-D"], [2, "2-D"]],
  loss: [["minimax", "minimax (saturating)"], ["bce", "non-saturating"], ["least-squares", "least squares"],
         ["wasserstein", "Wasserstein + penalty"]],
  optimizer: [["adam", "Adam"], ["sgd", "SGD"]],
  layers: [1, 2, 3].map((n) => [n, n]),
  neurons: [4, 8, 16, 32, 64].map((n) => [n, n]),
  rate: [0.0001, 0.0003, 0.001, 0.002, 0.003, 0.01, 0.03, 0.1, 0.3].map((n) => [n, n]),
  steps: [1, 2, 3, 5, 10].map((n) => [n, n]),
};

const column = (who, name) => ["layers", "neurons", "rate", "steps"]
  .map((what) => `<select data-set="${who}_${what}" data-kind="${what}" aria-label="${name}: ${what}"></select>`).join("");

const PAGE = `<div class="page">
  <div class="stage">
    <div class="row">
      <label>Game <select class="preset"></select></label>
      <button class="mend" type="button">Mend it</button>
      <label>Seed <input class="seed" type="number" min="0" max="2147483647" step="1"></label>
    </div>
    <p class="question"></p>
    <p class="stars" hidden><span aria-hidden="true"></span> <span></span></p>
    <div class="row buttons">
      <button class="play" type="button">Play</button>
      <select class="speed" aria-label="Speed"><option value="slow">slow</option>
        <option value="normal" selected>normal</option><option value="fast">fast</option></select>
      <button class="step" type="button" value="D">Step D</button>
      <button class="step" type="button" value="G">Step G</button>
      <button class="reset" type="button">Reset</button>
    </div>
    <canvas class="plane" role="img"></canvas>
    <div class="row legend">
      <label><input type="checkbox" data-show="real" checked><i class="dot real"></i>real</label>
      <label><input type="checkbox" data-show="fake" checked><i class="dot fake"></i>generated</label>
      <label><input type="checkbox" data-show="grid" checked>bent grid</label>
      <label><input type="checkbox" data-show="belief" checked>D's map</label>
      <label><input type="checkbox" data-show="pull" checked>arrows</label>
    </div>
  </div>
  <div class="controls">
    <fieldset>
      <legend>Points and noise*</legend>
      <div class="row">
        <label>Points <select data-set="data" data-kind="data"></select></label>
        <button class="clear" type="button" hidden>Clear drawing</button>
        <label>Noise <select data-set="noise_dim" data-kind="noise_dim"></select></label>
        <select data-set="noise" data-kind="noise" aria-label="Noise: distribution"></select>
      </div>
    </fieldset>
    <fieldset class="players">
      <legend>Players</legend>
      <span></span><span>layers*</span><span>neurons*</span><span>rate</span><span>steps</span>
      <span>Generator G</span>${column("g", "Generator")}
      <span>Discriminator D</span>${column("d", "Discriminator")}
    </fieldset>
    <fieldset>
      <legend>Learning</legend>
      <div class="row">
        <label>Loss <select data-set="loss" data-kind="loss"></select></label>
        <label>Optimiser <select data-set="optimizer" data-kind="optimizer"></select></label>
      </div>
      <p class="own" hidden></p>
    </fieldset>
    <p class="note">* begins a new game. All other settings act at once.</p>
    <dl class="now">
      <dt>Round</dt><dd class="rounds"></dd>
      <dt>D is right</dt><dd class="accuracy"></dd>
      <dt>Mean pull</dt><dd class="mean-pull"></dd>
      <dt>Blobs found</dt><dd class="found"></dd>
    </dl>
    <figure>
      <figcaption>Losses: <b class="g-key">G (solid)</b>, <b class="d-key">D (dashed)</b></figcaption>
      <canvas class="curve losses" role="img"></canvas>
    </figure>
    <figure>
      <figcaption>Jensen-Shannon divergence (dotted: between two sets of real points)</figcaption>
      <canvas class="curve divergence" role="img"></canvas>
    </figure>
    <span class="said" role="status"></span>
  </div></div>`;

const floats = (view) => new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));

/** Fit a canvas' pixels to its size on the screen; its context, in CSS pixels, and that size. */
function fit(canvas) {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const [w, h] = [width, height].map((n) => Math.max(1, Math.round(n * devicePixelRatio)));
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  const context = canvas.getContext("2d");
  context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

/** A curve through (x, y) pairs whose y are numbers, in the box [left, top, right, bottom]. */
function curve(context, xs, ys, [low, high], [left, top, right, bottom], colour, dash = []) {
  const end = Math.max(xs.at(-1), 1);
  context.beginPath();
  xs.forEach((x, k) =>
    context.lineTo(left + (x / end) * (right - left), bottom - ((ys[k] - low) / (high - low)) * (bottom - top)),
  );
  Object.assign(context, { strokeStyle: colour, lineWidth: 1.5 });
  context.setLineDash(dash);
  context.stroke();
  context.setLineDash([]);
}

/** The frame of a chart: its lowest and highest value beside it, and the last round below. */
function chart(canvas, ink, [low, high], last) {
  const { context, width, height } = fit(canvas);
  const box = [38, 6, width - 6, height - 16];
  Object.assign(context, { fillStyle: ink, strokeStyle: ink, font: "11px system-ui, sans-serif", lineWidth: 0.5 });
  context.strokeRect(box[0], box[1], box[2] - box[0], box[3] - box[1]);
  context.textAlign = "right";
  const said = (number) => (Math.abs(number) >= 100 ? number.toFixed(0) : number.toPrecision(2));
  context.fillText(said(high), box[0] - 4, box[1] + 9);
  context.fillText(said(low), box[0] - 4, box[3]);
  context.fillText(`round ${last.toLocaleString("en")}`, box[2], height - 3);
  return { context, box };
}

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "gancourse-live playground";
  root.innerHTML = PAGE;
  el.append(root);
  const find = (name) => root.querySelector(name);
  const say = (text) => (find(".said").textContent = text);
  const plane = find(".plane");
  const frame = () => model.get("_frame");
  let before = ""; // what was said before the page had to wait
  const asker = new Asker(root, model, () => {
    root.setAttribute("aria-busy", "true");
    before = find(".said").textContent;
    say(model.get("_waiting") || WAITING);
  });
  const challenges = model.get("_challenges");
  let won = { ...frame().stars };
  const pen = { x: 0, y: 0, seen: false };
  let playing = false;
  let visible = true;
  let resting, next; // timers

  // --- playing: the page asks for one frame, and for the next when that one is shown
  function askFrame() {
    if (!playing || !visible || document.hidden || asker.awaits("play")) return;
    asker.ask({ do: "play", value: find(".speed").value });
  }
  /** Ask for the next frame at once, so that Python plays while this one is painted. */
  function goOn() {
    clearTimeout(next);
    if (find(".speed").value === "slow") next = setTimeout(askFrame, SLOW);
    else askFrame();
  }
  function setPlaying(now) {
    playing = now;
    find(".play").textContent = now ? "Pause" : "Play";
    if (now) askFrame();
  }

  // --- drawing what a frame holds
  const place = (size) => (x, y) => [((x + REACH) / (2 * REACH)) * size, ((REACH - y) / (2 * REACH)) * size];
  const colours = () => COLOURS[getComputedStyle(root).colorScheme === "dark" ? "dark" : "light"];
  const shown = (name) => find(`[data-show=${name}]`).checked;

  function paintBelief(context, size, { paper, realTint, fakeTint }) {
    const image = new ImageData(CELLS, CELLS);
    bytes(frame().belief).forEach((value, k) => {
      const share = Math.sqrt(Math.abs(value / 127.5 - 1)); // small differences show as well
      const tint = value > 127.5 ? realTint : fakeTint;
      for (let c = 0; c < 3; c++) image.data[4 * k + c] = paper[c] + share * (tint[c] - paper[c]);
      image.data[4 * k + 3] = 255;
    });
    const small = new OffscreenCanvas(CELLS, CELLS);
    small.getContext("2d").putImageData(image, 0, 0);
    context.drawImage(small, 0, 0, size, size);
  }

  function paintGrid(context, at, colour) {
    const [rows, columns] = frame().lines;
    const grid = floats(frame().grid);
    const line = (first, step, count) => {
      context.beginPath();
      for (let k = 0; k < count; k++) {
        const j = 2 * (first + k * step);
        context.lineTo(...at(grid[j], grid[j + 1]));
      }
      context.stroke();
    };
    Object.assign(context, { strokeStyle: colour, lineWidth: rows > 1 ? 0.8 : 2, globalAlpha: 0.6 });
    for (let r = 0; r < rows; r++) line(r * columns, 1, columns);
    if (rows > 1) for (let c = 0; c < columns; c++) line(c, columns, rows);
    context.globalAlpha = 1;
  }

  function paintArrows(context, at, ink) {
    const [fake, pull] = [floats(frame().fake), floats(frame().pull)];
    Object.assign(context, { strokeStyle: ink, fillStyle: ink, lineWidth: 1, globalAlpha: 0.7 });
    for (let k = 0; k < 2 * ARROWS; k += 2) {
      const length = Math.hypot(pull[k], pull[k + 1]);
      const scale = Math.min(ARROW * Math.sqrt(length), LONGEST) / Math.max(length, 1e-9);
      const [x, y] = at(fake[k], fake[k + 1]);
      const [u, v] = at(fake[k] + scale * pull[k], fake[k + 1] + scale * pull[k + 1]);
      if (Math.hypot(u - x, v - y) < 2) continue;
      const turn = Math.atan2(v - y, u - x);
      context.beginPath();
      context.moveTo(x, y);
      context.lineTo(u, v);
      for (const side of [2.6, -2.6]) {
        context.moveTo(u, v);
        context.lineTo(u + 4 * Math.cos(turn + side), v + 4 * Math.sin(turn + side));
      }
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  function paintPoints(context, at, name, colour, edge) {
    const points = floats(frame()[name]);
    Object.assign(context, { fillStyle: colour, strokeStyle: edge, lineWidth: 0.7 });
    for (let k = 0; k < points.length; k += 2) {
      const [x, y] = at(points[k], points[k + 1]);
      context.beginPath();
      if (name === "real") context.arc(x, y, 3.2, 0, 2 * Math.PI);
      else for (const [u, v] of [[0, -4.4], [4.4, 0], [0, 4.4], [-4.4, 0]]) context.lineTo(x + u, y + v);
      context.closePath();
      context.fill();
      context.stroke();
    }
  }

  function paint() {
    const { settings, now } = frame();
    const colour = colours();
    const { context, width } = fit(plane);
    const at = place(width);
    const paper = `rgb(${colour.paper})`;
    Object.assign(context, { fillStyle: paper });
    context.fillRect(0, 0, width, width);
    if (shown("belief")) paintBelief(context, width, colour);
    if (shown("grid")) paintGrid(context, at, colour.fake);
    if (shown("real")) paintPoints(context, at, "real", colour.real, paper);
    if (shown("fake")) paintPoints(context, at, "fake", colour.fake, paper);
    if (shown("pull")) paintArrows(context, at, colour.ink);
    if (drawing() && pen.seen) {
      const [x, y] = at(pen.x, pen.y);
      Object.assign(context, { strokeStyle: colour.ink, lineWidth: 2 });
      context.beginPath();
      for (const [u, v] of [[1, 0], [0, 1]]) {
        context.moveTo(x - 10 * u, y - 10 * v);
        context.lineTo(x + 10 * u, y + 10 * v);
      }
      context.stroke();
    }
    paintCurves(colour, now);
    const said = `${settings.data} points, round ${now.rounds}, divergence ${now.divergence.toFixed(2)}, D right ${percent(now.accuracy)}`;
    plane.setAttribute("aria-label", drawing()
      ? `Drawing area: arrow keys move the pen, Space puts down a dot. ${said}` : `The game in the plane: ${said}`);
    root.dataset.painted = 1 + +(root.dataset.painted ?? 0);
  }

  function paintCurves({ ink, fake, dLoss }, now) {
    const history = floats(frame().history);
    const pick = (k) => Array.from({ length: history.length / 4 }, (_, j) => history[4 * j + k]);
    const [rounds, d, g, js] = [0, 1, 2, 3].map(pick);
    const all = [...d, ...g].sort((a, b) => a - b);
    const ends = [Math.min(0, all[Math.floor(all.length * 0.01)]), all[Math.ceil(all.length * 0.99) - 1]];
    if (ends[1] <= ends[0]) ends[1] = ends[0] + 1;
    const losses = chart(find(".losses"), ink, ends, now.rounds);
    losses.context.save();
    losses.context.beginPath();
    losses.context.rect(losses.box[0], losses.box[1], losses.box[2] - losses.box[0], losses.box[3] - losses.box[1]);
    losses.context.clip();
    curve(losses.context, rounds, g, ends, losses.box, fake);
    curve(losses.context, rounds, d, ends, losses.box, dLoss, [5, 3]);
    losses.context.restore();
    const divergence = chart(find(".divergence"), ink, [0, Math.LN2], now.rounds);
    curve(divergence.context, [0, 1], [now.floor, now.floor], [0, Math.LN2], divergence.box, ink, [2, 3]);
    curve(divergence.context, rounds, js, [0, Math.LN2], divergence.box, ink);
    find(".losses").setAttribute("aria-label", `Losses, now G ${now.g_loss.toFixed(2)}, D ${now.d_loss.toFixed(2)}`);
    find(".divergence").setAttribute("aria-label",
      `Divergence, now ${now.divergence.toFixed(2)}; ${now.floor.toFixed(2)} for real points, 0.69 at most`);
  }

  const percent = (share) => `${Math.round(100 * share)} %`;
  const drawing = () => frame().settings.data === "drawn";

  /** Set a select, with an option of its own for a value that is not among its choices. */
  function choose(select, value) {
    if (![...select.options].some((option) => option.value === String(value))) select.append(new Option(value, value));
    select.value = value;
  }

  function show() {
    const { answers, said, settings, now, preset, mended, challenge, stars } = frame();
    if (asker.answered(answers)) {
      root.removeAttribute("aria-busy");
      clearTimeout(resting);
      if (said && playing) setPlaying(false);
      if (!playing) resting = setTimeout(() => model.send({ rests: true }), REST);
      if (said || find(".said").textContent.startsWith("Waiting")) say(said || before);
      goOn();
    }
    for (const select of root.querySelectorAll("[data-set]")) {
      if (!asker.awaits(`set${select.dataset.set}`)) choose(select, settings[select.dataset.set]);
    }
    if (!asker.awaits("seed")) find(".seed").value = settings.seed;
    if (!asker.awaits("preset") && !asker.awaits("challenge")) find(".preset").value = challenge ?? preset ?? "";
    const chosen = model.get("_choices")[preset];
    const noMend = !chosen?.mend || mended;
    if (noMend) passFocus(find(".mend"), find(".play"));
    find(".mend").disabled = noMend;
    const words = challenge ? challenges[challenge].goal : !chosen ? "A game of your own." : mended || !chosen.mend && now.rounds > 1000 ? chosen.moral : chosen.question;
    if (find(".question").textContent !== words) find(".question").textContent = words;
    showStars(challenge, stars);
    if (!drawing()) for (const element of [find(".clear"), plane]) passFocus(element, find("[data-set=data]"));
    find(".clear").hidden = !drawing();
    plane.setAttribute("role", drawing() ? "application" : "img");
    if (drawing()) plane.tabIndex = 0;
    else plane.removeAttribute("tabindex");
    find(".rounds").textContent = now.rounds.toLocaleString("en");
    find(".accuracy").textContent = percent(now.accuracy);
    find(".mean-pull").textContent = now.pull < 0.01 ? now.pull.toExponential(0) : now.pull.toFixed(2);
    find(".found").textContent = now.blobs ? `${now.found} of ${now.blobs}` : "no blobs";
    const whose = settings.loss === "own" ? model.get("_own") : "It plays with the course's losses and training step.";
    if (model.get("_own")) Object.assign(find(".own"), { textContent: whose, hidden: false });
    paint();
  }

  /** The stars of the present challenge, in the menu those of all, and a word when there is one more. */
  function showStars(challenge, stars) {
    const drawn = (name) => "\u2605".repeat(stars[name]) + "\u2606".repeat(3 - stars[name]);
    const told = (name) => `${stars[name]} of 3 stars`;
    const [shapes, words] = find(".stars").children;
    const divergence = frame().now.divergence.toFixed(2);
    find(".stars").hidden = !challenge;
    if (challenge) [shapes.textContent, words.textContent] = [drawn(challenge), `${told(challenge)}. Divergence ${divergence}`];
    for (const [name, { title }] of Object.entries(challenges)) {
      const option = find(`.preset option[value="${name}"]`);
      const label = stars[name] ? `${title} ${drawn(name)}` : title;
      if (option.textContent !== label) option.textContent = label;
      if (stars[name] > won[name]) say(`${title}: you have won ${told(name)}.`);
    }
    won = { ...stars };
  }

  // --- controls
  const own = model.get("_own");
  const choices = own ? { ...CHOICES, loss: [["own", "this notebook's"], ...CHOICES.loss] } : CHOICES;
  for (const select of root.querySelectorAll("[data-set]")) {
    for (const [value, words] of choices[select.dataset.kind]) select.append(new Option(words, value));
    select.addEventListener("change", () => {
      const value = select.dataset.set.match(/layers|neurons|steps|rate|dim/) ? +select.value : select.value;
      say("");
      asker.ask({ do: "set", name: select.dataset.set, value });
    });
  }
  for (const [name, { title }] of Object.entries(model.get("_choices"))) find(".preset").append(new Option(title, name));
  const group = Object.assign(document.createElement("optgroup"), { label: "Challenges" });
  for (const [name, { title }] of Object.entries(challenges)) group.append(new Option(title, name));
  find(".preset").append(group);
  find(".preset").append(Object.assign(new Option("your own", ""), { hidden: true }));
  const begin = (command) => {
    setPlaying(false);
    say("");
    asker.ask(command);
  };
  find(".preset").addEventListener("change", ({ target: { value } }) => begin({ do: value in challenges ? "challenge" : "preset", value }));
  find(".mend").addEventListener("click", () => begin({ do: "mend" }));
  find(".reset").addEventListener("click", () => begin({ do: "reset" }));
  find(".seed").addEventListener("input", (event) => {
    if (event.target.value && event.target.validity.valid) begin({ do: "seed", value: event.target.valueAsNumber });
  });
  find(".play").addEventListener("click", () => {
    say("");
    setPlaying(!playing);
    if (!playing) resting = setTimeout(() => model.send({ rests: true }), REST);
  });
  root.querySelectorAll(".step").forEach((button) =>
    button.addEventListener("click", () => asker.ask({ do: "step", who: button.value })),
  );
  find(".clear").addEventListener("click", () => {
    say("The drawing is empty.");
    asker.ask({ do: "clear" });
  });
  root.querySelectorAll("[data-show]").forEach((box) => box.addEventListener("change", paint));

  // --- the pen
  const put = (x, y) => asker.ask({ do: "draw", dots: [[x, y]] });
  const fromMouse = (event) => [
    (event.offsetX / plane.clientWidth) * 2 * REACH - REACH,
    REACH - (event.offsetY / plane.clientHeight) * 2 * REACH,
  ].map((x) => Math.min(REACH, Math.max(-REACH, x)));
  plane.addEventListener("pointerdown", (event) => {
    if (!drawing()) return;
    plane.setPointerCapture(event.pointerId);
    put(...fromMouse(event));
  });
  plane.addEventListener("pointermove", (event) => {
    if (drawing() && event.buttons) put(...fromMouse(event));
  });
  const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  plane.addEventListener("keydown", (event) => {
    if (!drawing()) return;
    if (MOVES[event.key]) {
      const step = event.shiftKey ? 0.02 : 0.1;
      for (const [k, axis] of ["x", "y"].entries()) {
        pen[axis] = Math.min(REACH, Math.max(-REACH, pen[axis] + step * MOVES[event.key][k]));
      }
    } else if (event.key === " ") {
      put(pen.x, pen.y);
    } else return;
    event.preventDefault();
    pen.seen = true;
    say(`Pen at ${pen.x.toFixed(2)}, ${pen.y.toFixed(2)}${event.key === " " ? ": a dot" : ""}`);
    paint();
  });
  plane.addEventListener("focus", () => (pen.seen = plane.matches(":focus-visible")) && paint());
  plane.addEventListener("blur", () => {
    pen.seen = false;
    paint();
  });
  keepKeys(root);

  model.on("change:_frame", show);
  const resized = new ResizeObserver(paint);
  const seen = new IntersectionObserver(([entry]) => {
    visible = entry.isIntersecting;
    askFrame();
  });
  const themed = new MutationObserver(paint);
  themed.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  document.addEventListener("visibilitychange", askFrame);
  show();
  resized.observe(plane);
  seen.observe(plane);
  return () => {
    playing = false;
    clearTimeout(resting);
    clearTimeout(next);
    for (const observer of [resized, seen, themed]) observer.disconnect();
    document.removeEventListener("visibilitychange", askFrame);
    model.off("change:_frame", show);
  };
}

export default { render };
