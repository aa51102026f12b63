// The page's half of AttackBoard, after live.js: a game of single people, or all attacks on a run.

const GAME = `<div class="page">
  <figure class="trial">
    <div class="picture"><canvas role="img"></canvas>
      <b class="side" aria-hidden="true">R</b><b class="side left" aria-hidden="true">L</b></div>
    <figcaption></figcaption>
  </figure>
  <div class="controls">
    <p class="task"></p>
    <figure class="nearest"><div class="row"></div>
      <figcaption>The three generated images that are nearest to this person's slice</figcaption></figure>
    <div class="row answers">
      <button type="button"></button>
      <button type="button"></button>
    </div>
    <p class="keys"></p>
    <progress aria-label="People judged"></progress>
    <p class="noted" role="status"></p>
    <p class="score"></p>
    <p class="machine"></p>
    <button class="new" type="button">New game</button>
    <p class="said" role="status"></p>
  </div>
  <ul class="gallery" aria-label="Everybody, those that you misjudged first" hidden></ul></div>`;

const BOARD = `<div class="page">
  <div class="controls">
    <div class="row">
      <label>Run <select class="run"></select></label>
      <label>Attack <select class="attack"></select></label>
      <label><input class="plant" type="checkbox">Show the planted copies</label>
    </div>
    <p class="verdict" role="status"></p>
    <table><caption>Area under the ROC; 0.5 is guessing</caption>
      <thead><tr><th scope="col">who against whom</th><th scope="col">area</th><th scope="col">95 % interval</th>
        <th scope="col"><span class="ends" aria-hidden="true"><i>0</i><i>0.5</i><i>1</i></span>
        <span class="unseen">drawn</span></th></tr></thead>
      <tbody></tbody></table>
    <p class="said" role="status"></p>
  </div>
  <figure class="curve"><canvas role="img"></canvas>
    <figcaption></figcaption></figure></div>`;

const Z = 1.959964; // of a 95 % interval
const COLOURS = {
  light: { ink: "#111111", line: "#8a8a8a", attack: "#0072b2", copies: "#c14a00" },
  dark: { ink: "#eeeeee", line: "#9a9a9a", attack: "#6cc4f5", copies: "#ff9e4a" },
};
const DASHES = [[], [7, 4], [2, 3]];

/** Wilson's interval of a share: [low, high]. */
function wilson(right, count) {
  const share = right / count;
  const shrink = 1 + Z ** 2 / count;
  const half = (Z / shrink) * Math.sqrt((share * (1 - share)) / count + Z ** 2 / (4 * count ** 2));
  const middle = (share + Z ** 2 / (2 * count)) / shrink;
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

const percent = (share) => `${Math.round(100 * share)} %`;

/** Draw gray pixels into a canvas, smoothly, as large as it is on the screen. */
function draw(canvas, pixels, height, width) {
  const small = new OffscreenCanvas(width, height);
  const image = new ImageData(width, height);
  pixels.forEach((value, k) => image.data.set([value, value, value, 255], 4 * k));
  small.getContext("2d").putImageData(image, 0, 0);
  const side = Math.max(width, Math.round(canvas.clientWidth * devicePixelRatio));
  if (canvas.width !== side) canvas.width = canvas.height = side;
  const context = canvas.getContext("2d", { alpha: false });
  context.imageSmoothingQuality = "high";
  context.drawImage(small, 0, 0, side, side);
}

function renderGame(model, root) {
  root.innerHTML = GAME;
  const find = (name) => root.querySelector(name);
  const buttons = [...root.querySelectorAll(".answers button")];
  const asker = new Asker(root, model, () => {});
  let game, given, resting;

  function begin() {
    const { pixels, shape, truth, machine, attack, kinds } = model.get("_people");
    const [count, shown, height, width] = shape;
    const all = bytes(pixels);
    const size = height * width;
    const image = (person, k) => all.subarray((person * shown + k) * size, (person * shown + k + 1) * size);
    game = { count, shown, height, width, truth, machine, attack, kinds, image };
    buttons.forEach((button, k) => {
      button.innerHTML = `<u>${kinds[k][0].toUpperCase()}</u>${kinds[k].slice(1)}`;
      button.value = kinds[k];
    });
    find(".keys").textContent = `Keys: ${kinds.map((kind) => kind[0].toUpperCase()).join(" and ")}, once a button has the focus.`;
    find("progress").max = count;
    find(".nearest .row").replaceChildren(...Array.from({ length: shown - 1 }, (_, k) => {
      const canvas = document.createElement("canvas");
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `Generated image ${k + 1}`);
      return canvas;
    }));
  }

  function paint() {
    const { height, width, image, count } = game;
    if (given.length < count) {
      draw(find(".picture canvas"), image(given.length, 0), height, width);
      root.querySelectorAll(".nearest canvas").forEach((canvas, k) => draw(canvas, image(given.length, k + 1), height, width));
    }
    root.querySelectorAll("li canvas").forEach((canvas) => draw(canvas, image(+canvas.dataset.person, 0), height, width));
  }

  function item(k) {
    const [truth, answer, machine] = [game.truth[k], given[k], game.machine[k]];
    const right = truth === answer;
    const element = document.createElement("li");
    element.className = right ? "right" : "wrong";
    const canvas = document.createElement("canvas");
    canvas.dataset.person = k;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `Person ${k + 1}`);
    const was = Object.assign(document.createElement("span"), { textContent: `${k + 1}: ${truth}` });
    const came = Object.assign(document.createElement("b"), { textContent: `${right ? "✓ you were right" : "✗ you were wrong"}` });
    const it = Object.assign(document.createElement("span"), { textContent: `${machine === truth ? "✓" : "✗"} the attack: ${machine}` });
    element.append(canvas, was, came, it);
    return element;
  }

  function show() {
    const { count, truth, machine, attack, kinds } = game;
    const done = given.length;
    const over = done === count;
    find(".trial").hidden = find(".nearest").hidden = over;
    find(".picture canvas").setAttribute("aria-label", `Person ${done + 1} of ${count}: ${kinds.join(" or ")}?`);
    find(".trial figcaption").textContent = `Person ${done + 1} of ${count}. The patient's right is on the left.`;
    find(".task").textContent = over
      ? "Below is everybody, with what was true, what you said, and what an attack said."
      : "Was this person's scan among those that trained the generator? Each person was chosen by the toss of a coin.";
    find(".new").hidden = !over;
    if (over) passFocus(find(".answers"), find(".new"));
    find(".answers").hidden = find(".keys").hidden = over;
    find("progress").value = done;
    find("progress").hidden = over;
    find(".noted").textContent = over ? "Everybody has been judged." : done ? `Person ${done}: you said ${given.at(-1)}.` : "";
    find(".score").hidden = find(".machine").hidden = !over;
    const order = over ? [...given.keys()].sort((a, b) => (given[a] === truth[a]) - (given[b] === truth[b])) : [];
    find(".gallery").hidden = !over;
    find(".gallery").replaceChildren(...order.map(item));
    if (over) {
      const [right, its] = [given, machine].map((said) => said.filter((kind, k) => kind === truth[k]).length);
      const [low, high] = wilson(right, count);
      find(".score").textContent = `You: ${right} of ${count} right (95 % interval ${percent(low)} to ${percent(high)}; guessing: 50 %).`;
      find(".machine").textContent = `An attack that you will use (${attack}): ${its} of ${count} right.`;
    }
    paint();
    root.dataset.painted = 1 + +(root.dataset.painted ?? 0);
  }

  function answer(kind) {
    if (given.length === game.count) return;
    given = [...given, kind];
    show();
    asker.ask({ do: "judge", value: given });
  }

  function restart() {
    begin();
    given = [];
    const here = find(".controls").matches(":focus-within"); // on the button that asked, about to be hidden
    show();
    if (here) buttons[0].focus({ preventScroll: true });
  }

  function hear() {
    const { answers, said, given: known } = model.get("_frame");
    if (!asker.answered(answers)) {
      given = [...known]; // another view of the same game
      show();
    }
    find(".said").textContent = said ?? "";
    clearTimeout(resting);
    resting = setTimeout(() => model.send({ rests: true }), REST);
  }

  for (const button of buttons) button.addEventListener("click", () => answer(button.value));
  find(".new").addEventListener("click", () => {
    asker.ask({ do: "new" });
    setTimeout(() => {
      if (asker.awaits("new")) find(".said").textContent = "A new game needs Python: run the cell again.";
    }, PATIENCE);
  });
  root.addEventListener("keydown", (event) => {
    const kind = game.kinds.find((kind) => kind[0] === event.key.toLowerCase());
    if (kind && !event.repeat && !event.ctrlKey && !event.metaKey && !event.altKey) answer(kind);
  });

  begin();
  given = [...model.get("_frame").given];
  model.on("change:_people", restart);
  model.on("change:_frame", hear);
  const resized = new ResizeObserver(paint);
  show();
  resized.observe(root);
  return () => {
    clearTimeout(resting);
    resized.disconnect();
    model.off("change:_people", restart);
    model.off("change:_frame", hear);
  };
}

function renderBoard(model, root) {
  root.innerHTML = BOARD;
  const find = (name) => root.querySelector(name);
  const frame = () => model.get("_frame");
  const asker = new Asker(root, model, () => (find(".said").textContent = "Waiting for Python. If this stays, run the cell again."));
  const canvas = find(".curve canvas");
  let resting;

  function paint() {
    const colours = COLOURS[getComputedStyle(root).colorScheme === "dark" ? "dark" : "light"];
    const size = canvas.clientWidth;
    const side = Math.max(1, Math.round(size * devicePixelRatio));
    if (canvas.width !== side) canvas.width = canvas.height = side;
    const context = canvas.getContext("2d");
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, size, size);
    const [left, top, width] = [44, 8, size - 56];
    const at = ([x, y]) => [left + x * width, top + (1 - y) * width];
    Object.assign(context, { strokeStyle: colours.line, fillStyle: colours.ink, lineWidth: 1, font: "12px system-ui, sans-serif" });
    context.strokeRect(left, top, width, width);
    const path = (points, colour, dash, thick) => {
      context.beginPath();
      points.forEach((point) => context.lineTo(...at(point)));
      Object.assign(context, { strokeStyle: colour, lineWidth: thick });
      context.setLineDash(dash);
      context.stroke();
      context.setLineDash([]);
    };
    path([[0, 0], [1, 1]], colours.line, [2, 4], 1.5);
    Object.values(frame().curves).forEach((curve, k) => path(curve, k ? colours.copies : colours.attack, DASHES[k % 3], 2.2));
    context.textAlign = "center";
    context.fillText("others accused", left + width / 2, top + width + 30);
    for (const share of [0, 0.5, 1]) context.fillText(share, at([share, 0])[0], top + width + 15);
    context.textAlign = "right";
    for (const share of [0, 0.5, 1]) context.fillText(share, left - 5, at([0, share])[1] + (share === 1 ? 10 : 4));
    context.save();
    context.translate(13, top + width / 2);
    context.rotate(-Math.PI / 2);
    context.textAlign = "center";
    context.fillText("members found", 0, 0);
    context.restore();
    root.dataset.painted = 1 + +(root.dataset.painted ?? 0);
  }

  function row({ who, auc, low, high, kind }) {
    const element = document.createElement("tr");
    element.className = kind;
    const name = Object.assign(document.createElement("th"), { scope: "row", textContent: (kind === "control" ? "control: " : "") + who });
    const cells = [auc.toFixed(2), `${low.toFixed(2)} to ${high.toFixed(2)}`]
      .map((text) => Object.assign(document.createElement("td"), { textContent: text, className: "number" }));
    const bar = document.createElement("td");
    const [from, to] = [Math.max(0, low), Math.min(1, high)];
    bar.innerHTML = `<div class="bar" aria-hidden="true"><i class="guess"></i>
      <i class="interval" style="left: ${100 * from}%; width: ${100 * (to - from)}%"></i>
      <i class="dot" style="left: ${100 * auc}%"></i></div>`;
    element.append(name, ...cells, bar);
    return element;
  }

  function fill(select, options, value) {
    if ([...select.options].map((option) => option.value).join() !== options.map(([name]) => name).join()) {
      select.replaceChildren(...options.map(([name, words]) => new Option(words, name)));
    }
    select.value = value;
  }

  function show() {
    const { answers, said, runs, attacks, run, attack, planted, rows, curves, verdict } = frame();
    if (asker.answered(answers)) {
      find(".said").textContent = said ?? "";
      clearTimeout(resting);
      resting = setTimeout(() => model.send({ rests: true }), REST);
    }
    if (!asker.awaits("run")) fill(find(".run"), runs, run);
    if (!asker.awaits("attack")) fill(find(".attack"), attacks, attack);
    if (!asker.awaits("plant")) find(".plant").checked = planted;
    find("tbody").replaceChildren(...rows.map(row));
    if (find(".verdict").textContent !== verdict) find(".verdict").textContent = verdict;
    const names = Object.keys(curves);
    const how = ["solid", "dashed", "dotted"];
    find(".curve figcaption").textContent = `ROC: ${names.map((name, k) => `${name} (${how[k % 3]})`).join("; ")}. The diagonal is guessing.${
      planted && !rows.some(({ kind }) => kind === "copies") ? " Nothing was planted for this attack on this run." : ""}`;
    canvas.setAttribute("aria-label", `ROC. ${rows.map(({ who, auc }) => `${who}: area ${auc.toFixed(2)}`).join("; ")}`);
    paint();
  }

  find(".run").addEventListener("change", (event) => asker.ask({ do: "run", value: event.target.value }));
  find(".attack").addEventListener("change", (event) => asker.ask({ do: "attack", value: event.target.value }));
  find(".plant").addEventListener("change", (event) => asker.ask({ do: "plant", value: event.target.checked }));
  model.on("change:_frame", show);
  const resized = new ResizeObserver(paint);
  show();
  resized.observe(canvas);
  return () => {
    clearTimeout(resting);
    resized.disconnect();
    model.off("change:_frame", show);
  };
}

function render({ model, el }) {
  const root = document.createElement("div");
  const game = model.get("_shown") === "game";
  root.className = `gancourse-live attack-board ${game ? "game" : "board"}`;
  el.append(root);
  keepKeys(root);
  return game ? renderGame(model, root) : renderBoard(model, root);
}

export default { render };
