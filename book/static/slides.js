// Starts reveal.js and makes each slide's content fit: smaller if it is too high, never below 55 %.

const HEIGHT = 720;
const ROOM = HEIGHT - 50;

function fit(slide) {
  const content = slide?.querySelector(".fit");
  if (!content) return;
  content.style.zoom = 1;
  for (let zoom = 1; content.offsetHeight * zoom > ROOM && zoom > 0.55; ) {
    zoom = Math.max(0.55, zoom - 0.05);
    content.style.zoom = zoom;
  }
}

const refit = () => fit(Reveal.getCurrentSlide());

Reveal.initialize({
  width: 1280,
  height: HEIGHT,
  margin: 0.03,
  center: false,
  hash: true,
  slideNumber: "c/t",
  transition: "none",
  plugins: [RevealNotes],
});
Reveal.on("ready", refit);
Reveal.on("slidechanged", refit);
// The next key is for the slide that is shown, not for a solution on the slide before.
Reveal.on("slidechanged", ({ previousSlide }) => previousSlide?.querySelector(":focus")?.blur());
addEventListener("load", () => MathJax.startup.promise.then(refit));
// A solution that is unfolded needs room; reveal.js must not take its keys.
document.addEventListener("toggle", refit, true);
