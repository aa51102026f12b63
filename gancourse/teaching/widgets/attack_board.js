// The page's half of AttackBoard, after live.js and game.js: a game of single people, or all attacks on a run.

const WORDS = {
  thing: "Person",
  things: "People",
  all: "Everybody",
  judged: "Everybody has been judged.",
  again: "New game",
  task: () => "Was this person's scan among those that trained the generator? Each person was chosen by the toss of a coin.",
  ended: "Below is everybody, with what was true, what you said, and what an attack said.",
  beside: `<figure class="nearest"><div class="row">
      ${[1, 2, 3].map((k) => `<canvas role="img" aria-label="Generated image ${k}"></canvas>`).join("")}</div>
      <figcaption>The three generated images that are nearest to this person's slice</figcaption></figure>`,
  result: `<p class="machine"></p>`,
  told: ({ truth, machine }, k, answer) => [
    ["b", answer === truth[k] ? "✓ you were right" : "✗ you were wrong"],
    ["span", `${machine[k] === truth[k] ? "✓" : "✗"} the attack: ${machine[k]}`],
  ],
  end(find, { truth, machine, attack }, right) {
    const its = machine.filter((kind, k) => kind === truth[k]).length;
    const [low, high] = wilson(right, truth.length).map(percent);
    find(".score").textContent = `You: ${right} of ${truth.length} right (95 % interval ${low} to ${high}; guessing: 50 %).`;
    find(".machine").textContent = `An attack that you will use (${attack}): ${its} of ${truth.length} right.`;
  },
};

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

const COLOURS = {
  light: { ink: "#111111", line: "#8a8a8a", attack: "#0072b2", copies: "#c14a00" },
  dark: { ink: "#eeeeee", line: "#9a9a9a", attack: "#6cc4f5", copies: "#ff9e4a" },
};
const DASHES = [[], [7, 4], [2, 3]];

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
  keepKeys(root);
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
  const shown = model.get("_shown"); // "game" or "board"
  root.className = `gancourse-live gancourse-game attack-board ${shown}`;
  el.append(root);
  return shown === "game" ? judge(model, root, WORDS) : renderBoard(model, root);
}

export default { render };
