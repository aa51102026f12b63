// The page's half of WhichFlair, after live.js and game.js: T2, four FLAIRs to choose from, and what they were.

const LETTERS = ["A", "B", "C", "D"];
const MADE_BY = {
  real: "The real FLAIR",
  paired: "Translated after learning from pairs",
  healthy: "Translated without pairs; the targets were healthy people",
  tumour: "Translated without pairs; all targets showed a tumour",
};
const SHORT = { real: "real", paired: "paired", healthy: "healthy targets", tumour: "tumour targets" };

const scan = (name, button = "") => `<figure>
  <div class="picture"><b class="name" aria-hidden="true">${name}</b><canvas class="image" role="img"></canvas>
    <canvas class="outline" aria-hidden="true"></canvas>
    <b class="side" aria-hidden="true">R</b><b class="side left" aria-hidden="true">L</b></div>
  ${button}<figcaption></figcaption></figure>`;

const choice = (letter) => scan(letter, `<button type="button" value="${letter}"><u>${letter}</u> is real</button>`);

const PAGE = `<div class="page">
  <p class="task"></p>
  <div class="scans">${scan("T2")}<div class="answers">${LETTERS.map(choice).join("")}</div></div>
  <p class="convention">Axial slices of a phantom, the patient's right (R) on the left.</p>
  <p class="noted" role="status"></p>
  <div class="row controls"><button class="next" type="button">Next round</button>
    <button class="new" type="button">New game</button></div>
  <progress aria-label="Rounds judged"></progress>
  <div class="result"><p class="score"></p>
    <table><caption>What you took for the real FLAIR</caption><tbody></tbody></table></div>
  <p class="said" role="status"></p></div>`;

/** Draw the border of a mask (H x W, 0 or 1) as a line. */
function outline(canvas, mask, height, width) {
  const side = Math.max(1, Math.round(canvas.clientWidth * devicePixelRatio));
  Object.assign(canvas, { width: side, height: Math.round((side * height) / width) });
  const [unit, context] = [side / width, canvas.getContext("2d")];
  const at = (y, x) => (y < 0 || x < 0 || y >= height || x >= width ? 0 : mask[y * width + x]);
  context.beginPath();
  for (let y = 0; y <= height; y++) {
    for (let x = 0; x <= width; x++) {
      if (at(y, x) !== at(y - 1, x)) context.rect(x * unit, y * unit, unit, 0);
      if (at(y, x) !== at(y, x - 1)) context.rect(x * unit, y * unit, 0, unit);
    }
  }
  context.strokeStyle = "#56b4e9";
  context.lineWidth = Math.max(1.5, unit / 3);
  context.stroke();
}

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "gancourse-live which-flair";
  root.innerHTML = PAGE;
  el.append(root);
  const find = (name) => root.querySelector(name);
  const figures = [...root.querySelectorAll("figure")]; // T2, then A to D
  let game;
  let round; // that is shown; as many as there are once the score is

  const over = () => round === game.truth.length;
  const revealed = (given) => !over() && given.length > round;
  const shown = () => Math.min(round, game.truth.length - 1);

  function begin(frame) {
    game = model.get("_things");
    round = frame.given.length;
    find("progress").max = game.truth.length;
    const [height, width] = game.shape.slice(-2);
    for (const canvas of root.querySelectorAll("canvas")) canvas.style.aspectRatio = `${width} / ${height}`;
  }

  function paint(given) {
    const [, pictures, height, width] = game.shape;
    const [all, size, told] = [bytes(game.pixels), height * width, revealed(given)];
    const mask = bytes(game.tumour).subarray(shown() * size, (shown() + 1) * size);
    figures.forEach((figure, k) => {
      const start = (shown() * pictures + k) * size;
      draw(figure.querySelector(".image"), all.subarray(start, start + size), height, width);
      const line = figure.querySelector(".outline");
      line.hidden = !told;
      if (told) outline(line, mask, height, width);
    });
  }

  /** What the segmenter finds in a FLAIR of this round. */
  function reading(k) {
    const [share, area] = [game.found[round][k], game.invented[round][k]];
    const parts = share === null ? [] : [`${percent(share)} of the tumour`];
    if (area >= 0.3 || !parts.length) parts.push(`${area.toFixed(1)} cm² where there is none`);
    return `The segmenter finds ${parts.join(", and ")}.`;
  }

  function show(given) {
    const { truth, methods, found } = game;
    const [count, told] = [truth.length, revealed(given)];
    const who = `Round ${shown() + 1} of ${count}`;
    find(".task").textContent = over()
      ? "All rounds are judged."
      : `${who}. One FLAIR comes from the scanner, three were made from this T2. Which one is real? Keys: A to D.`;
    figures.forEach((figure, k) => {
      const name = k ? `FLAIR ${LETTERS[k - 1]}` : "T2";
      const method = k && methods[shown()][k - 1];
      figure.querySelector(".image").setAttribute("aria-label", `${name}, ${who.toLowerCase()}`);
      figure.querySelector("figcaption").textContent = k && told ? `${MADE_BY[method]}. ${reading(k - 1)}` : "";
      figure.classList.toggle("real", told && method === "real");
      figure.classList.toggle("chosen", told && k > 0 && LETTERS[k - 1] === given[round]);
    });
    find(".scans").hidden = find(".convention").hidden = over();
    const [answers, next, again] = [find(".answers"), find(".next"), find(".new")];
    next.hidden = !told;
    again.hidden = !over();
    if (told) passFocus(answers, next);
    next.textContent = round + 1 < count ? "Next round" : "My score";
    for (const button of answers.querySelectorAll("button")) button.hidden = told;
    const right = told && given[round] === truth[round];
    const ill = told && found[round][0] !== null;
    find(".noted").textContent = told
      ? `${right ? "✓ Right" : "✗ No"}, ${truth[round]} is real. ${ill ? "The line is the true outline of the tumour." : "This person is healthy: there is no tumour."}`
      : "";
    find("progress").value = given.length;
    find("progress").hidden = over();
    find(".result").hidden = !over();
    if (over()) showScore(given);
  }

  function showScore(given) {
    const { truth, methods } = game;
    const count = truth.length;
    const right = given.filter((letter, k) => letter === truth[k]).length;
    const [low, high] = wilson(right, count);
    find(".score").textContent = `You found the real FLAIR in ${right} of ${count} rounds: ${percent(right / count)} (95 % interval ${percent(low)} to ${percent(high)}). Guessing finds it in 25 %.`;
    const taken = given.map((letter, k) => methods[k][LETTERS.indexOf(letter)]);
    const rows = Object.entries(SHORT).map(([method, textContent]) => {
      const row = document.createElement("tr");
      const head = Object.assign(document.createElement("th"), { scope: "row", textContent });
      const cell = Object.assign(document.createElement("td"), { textContent: taken.filter((it) => it === method).length });
      row.append(head, cell);
      return row;
    });
    find("tbody").replaceChildren(...rows);
  }

  const closed = (given) => over() || revealed(given);
  const { again, refresh, stop } = play(model, root, { begin, closed, show, paint, needs: "A new game needs" });
  find(".next").addEventListener("click", () => {
    round += 1;
    refresh();
    (over() ? find(".new") : find(".answers button")).focus({ preventScroll: true });
  });
  find(".new").addEventListener("click", again);
  return stop;
}

export default { render };
