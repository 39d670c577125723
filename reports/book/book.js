"use strict";
const box = document.getElementById("q"), found = document.getElementById("found");
const sentences = [...document.querySelectorAll(".sentence")].map(node => ({ node, text: node.querySelector("p").textContent.toLowerCase() }));
const others = [...document.querySelectorAll("main > *:not(.sentence)")];

function search() {
  const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  let n = 0;
  for (const s of sentences) {
    s.node.hidden = !words.every(word => s.text.includes(word));
    n += !s.node.hidden;
  }
  for (const node of others) node.hidden = words.length > 0;
  found.textContent = words.length ? `${n} of ${sentences.length}` : "";
}
box.addEventListener("input", search);
box.form.addEventListener("submit", event => event.preventDefault());
addEventListener("hashchange", () => { if (box.value) { box.value = ""; search(); document.getElementById(location.hash.slice(1))?.scrollIntoView(); } });
