// The page's half of RealOrFake, after live.js and game.js: a slice, two answers, and what all slices were.

/** What an interval says about telling the two kinds apart. */
function meaning([low, high]) {
  if (low > 0.5) return "The whole interval lies above 50 %: you do see a difference, if not in every slice.";
  if (high < 0.5) return "The whole interval lies below 50 %: you do see a difference, but you read it the wrong way round.";
  return `The interval includes 50 %, so you may have guessed. It also includes ${percent(high)}, so this test does not show that you cannot tell them apart.`;
}

const WORDS = {
  thing: "Slice",
  things: "Slices",
  all: "All slices",
  judged: "All slices have been judged.",
  again: "New test",
  task: ([first, second], { repeats }) =>
    `A ${first} slice, or a ${second} one? Each was chosen by the toss of a coin. After the last one, you learn what they were.${
      repeats ? " You have seen most slices by now, so some come again." : ""}`,
  ended: "Below is every slice, with what it was and what you said. In each, the patient's right is on the left. Which ones fooled you, and what gave the others away?",
  beside: "",
  result: `<div class="scale" aria-hidden="true">
      <div class="bar"><i class="interval"></i><i class="share"></i><i class="guess"></i></div>
      <div class="ends"><span>0 %</span><span>50 %: guessing</span><span>100 %</span></div>
    </div>
    <p class="meaning"></p>`,
  told: ({ truth }, k, answer) => [["b", `${answer === truth[k] ? "✓ right" : "✗ wrong"}, you: ${answer}`]],
  end(find, { truth }, right) {
    const count = truth.length;
    const [low, high] = wilson(right, count);
    find(".interval").style.left = `${100 * low}%`;
    find(".interval").style.width = `${100 * (high - low)}%`;
    find(".share").style.left = `${(100 * right) / count}%`;
    find(".score").textContent = `${right} of ${count} right: ${percent(right / count)} (95 % interval ${percent(low)} to ${percent(high)}).`;
    find(".meaning").textContent = meaning([low, high]);
  },
};

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "gancourse-live gancourse-game real-or-fake";
  el.append(root);
  const results = model.get("_results"); // of a class, by a shared link: the book's page only
  const end = (find, game, right) => {
    WORDS.end(find, game, right);
    results?.add(model.get("_frame").seed, right, game.truth.length);
  };
  const stop = judge(model, root, { ...WORDS, end });
  results?.show(el);
  return stop;
}

export default { render };
