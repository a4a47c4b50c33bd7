// The rich editor. It edits HTML; the server turns that into storage format and lets in only what it knows. Blocks that
// nobody touched are sent as their number alone, so that no peculiarity of a browser reaches them.
const surface = document.getElementById("surface");
const form = document.getElementById("rich");
const run = (name, value = null) => document.execCommand(name, false, value);
const escaped = (text) => {
  const holder = document.createElement("i");
  holder.textContent = text;
  return holder.innerHTML;
};
const around = (selector) => {
  const node = getSelection().anchorNode;
  const element = node && (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement);
  const found = element && element.closest(selector);
  return found && surface.contains(found) && found !== surface ? found : null;
};

// ---- what was there, to tell what was touched
const before = new Map();
const blocks = [...surface.children];
const unfit =
  blocks.length !== Number(surface.dataset.blocks) ||
  blocks.some((block, number) => block.dataset.b !== String(number)) ||
  [...surface.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
if (unfit) {
  document.getElementById("unfit").hidden = false;
  form.hidden = true;
}
for (const block of blocks) before.set(block.dataset.b, block.outerHTML);
if (!blocks.length) surface.innerHTML = "<p><br></p>";

const edited = () => {
  const left = new Map(before);
  return [...surface.childNodes]
    .map((node) => {
      if (node.nodeType !== Node.ELEMENT_NODE) return node.nodeType === Node.TEXT_NODE ? escaped(node.data) : "";
      const number = node.dataset.b;
      if (number === undefined || left.get(number) !== node.outerHTML) return node.outerHTML;
      left.delete(number);
      return `<div data-keep="${number}"></div>`;
    })
    .join("");
};
form.addEventListener("submit", () => {
  form.elements.html.disabled = false; // without a script nothing is sent, and the page stays as it is
  form.elements.html.value = edited();
});

// ---- the toolbar
run("defaultParagraphSeparator", "p");
run("styleWithCSS", "false");

const insert = (html) => {
  const inner = around("p, h1, h2, h3, h4, h5, h6");
  const empty = inner && !inner.textContent.trim() && inner.parentElement === surface;
  if (inner && inner.parentElement === surface) {
    // Beside the paragraph, for a browser that inserts a block into a line leaves half of each.
    const range = document.createRange();
    if (empty) range.selectNode(inner);
    else range.setStartAfter(inner);
    if (!empty) range.collapse(true);
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const first = holder.content.firstElementChild;
    range.deleteContents();
    range.insertNode(holder.content);
    const place = first.matches("pre, p") ? first : first.querySelector("p, li, th, td") || first;
    getSelection().selectAllChildren(place);
  } else {
    run("insertHTML", html);
  }
};
const chosen = () => escaped(getSelection().toString());
const row = (cell) => `<tr>${`<${cell}><p><br></p></${cell}>`.repeat(3)}</tr>`;
const actions = {
  style: (value) => run("formatBlock", value),
  code: () => {
    const inside = around("code");
    if (inside) inside.replaceWith(...inside.childNodes);
    else run("insertHTML", `<code>${chosen() || "code"}</code>`);
  },
  link: () => {
    const address = prompt("Address of the link (empty removes it)", around("a")?.getAttribute("href") || "https://");
    if (address === null) return;
    if (!address) run("unlink");
    else if (getSelection().isCollapsed) run("insertHTML", `<a href="${escaped(address).replace(/"/g, "&quot;")}">${escaped(address)}</a>`);
    else run("createLink", address);
  },
  tasks: () => insert(`<ul data-tasks="yes"><li data-done="no">${chosen() || "<br>"}</li></ul>`),
  table: () => insert(`<table><tbody>${row("th")}${row("td")}${row("td")}</tbody></table><p><br></p>`),
  panel: () => insert(`<div class="shell" data-label="info" data-panel="info"><p>${chosen() || "<br>"}</p></div><p><br></p>`),
  block: () => insert(`<pre>${chosen() || "<br>"}</pre><p><br></p>`),
};
const state = () => {
  for (const button of document.querySelectorAll(".toolbar button")) {
    if (["bold", "italic", "underline", "strikeThrough"].includes(button.dataset.do)) {
      button.setAttribute("aria-pressed", String(document.queryCommandState(button.dataset.do)));
    }
  }
  const block = around("h1, h2, h3, h4, blockquote, p");
  document.querySelector(".toolbar select").value = block ? block.localName : "p";
};
document.addEventListener("selectionchange", state);
document.querySelector(".toolbar").addEventListener("mousedown", (event) => {
  if (event.target.closest("button")) event.preventDefault(); // keeps the selection in the text
});
document.querySelector(".toolbar").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  surface.focus();
  (actions[button.dataset.do] || (() => run(button.dataset.do)))();
  state();
});
document.querySelector(".toolbar select").addEventListener("change", (event) => {
  surface.focus();
  actions.style(event.target.value);
});

// ---- keys and ticks
const toggle = (item) => {
  item.dataset.done = item.dataset.done === "yes" ? "no" : "yes";
};
surface.addEventListener("keydown", (event) => {
  const task = around("ul[data-tasks] > li");
  if (event.key === "k" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    actions.link();
  } else if (event.key === "Enter" && event.ctrlKey && task) {
    event.preventDefault();
    toggle(task);
  } else if (event.key === "Enter" && !event.shiftKey && around("pre")) {
    event.preventDefault();
    run("insertText", "\n");
  }
});
surface.addEventListener("click", (event) => {
  if (event.target.matches("ul[data-tasks] > li") && event.offsetX < 0) toggle(event.target);
  if (event.target.closest("a[href], button, summary")) event.preventDefault();
});
