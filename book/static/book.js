// A formula that is wider than its page scrolls; then keys have to reach it.

function reachWideFormulas() {
  for (const formula of document.querySelectorAll('mjx-container[display="true"]')) {
    if (formula.scrollWidth > formula.clientWidth) formula.tabIndex = 0;
    else if (!formula.matches(":focus")) formula.removeAttribute("tabindex"); // the focus would be lost
  }
}

addEventListener("load", () => window.MathJax?.startup?.promise.then(reachWideFormulas));
addEventListener("resize", reachWideFormulas);
