// A copy button for every block of code. Without scripts the code is still there to be marked and copied.
"use strict";

function copyText(text) {
  // The clipboard API exists only on https and loopback pages.
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  document.body.appendChild(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  return copied ? Promise.resolve() : Promise.reject(new Error("not copied"));
}

function say(button, word) {
  button.textContent = word;
  setTimeout(() => { button.textContent = "Copy"; }, 1600);
}

document.querySelectorAll(".code").forEach((block) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.setAttribute("aria-live", "polite");
  const title = block.querySelector(".code-title");
  button.setAttribute("aria-label", title ? `Copy: ${title.textContent}` : "Copy");
  button.addEventListener("click", () => {
    copyText(block.querySelector("code").textContent).then(() => say(button, "Copied"), () => say(button, "Press Ctrl+C"));
  });
  block.appendChild(button);
});
