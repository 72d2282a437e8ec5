// Marks in the section navigation what is being read.
"use strict";

const links = new Map();
document.querySelectorAll(".sections a").forEach((link) => links.set(link.hash.slice(1), link));

function mark(id) {
  links.forEach((link, name) => {
    if (name === id) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  });
  const bar = document.querySelector(".sections");
  const link = links.get(id);
  // On a phone the navigation is one row that scrolls sideways.
  if (bar.scrollWidth > bar.clientWidth) bar.scrollTo({ left: link.offsetLeft - bar.clientWidth / 3 });
}

const seen = new IntersectionObserver((entries) => {
  const entry = entries.find((one) => one.isIntersecting);
  if (entry) mark(entry.target.id);
}, { rootMargin: "-15% 0px -75% 0px" });
links.forEach((_, id) => {
  const section = document.getElementById(id);
  if (section) seen.observe(section);
});
