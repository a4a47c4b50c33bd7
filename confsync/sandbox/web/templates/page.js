// What makes pages handier: the tree opens in place, a selected text can be commented on. Everything works without.
// ---- the tree
document.addEventListener("click", async (event) => {
  const twist = event.target.closest(".twist");
  if (!twist) return;
  const item = twist.closest("li");
  let list = item.querySelector(":scope > ul");
  const open = twist.getAttribute("aria-expanded") === "true";
  if (!open && !list) {
    const answer = await fetch(twist.dataset.branch);
    if (!answer.ok || item.querySelector(":scope > ul")) return;
    item.insertAdjacentHTML("beforeend", await answer.text());
    list = item.querySelector(":scope > ul");
  }
  if (list) list.hidden = open;
  twist.setAttribute("aria-expanded", String(!open));
});

// ---- texts with comments
const follow = (mark) => {
  const thread = document.getElementById(mark.dataset.thread);
  if (thread) {
    location.hash = thread.id;
    thread.focus({ preventScroll: true });
  }
};
document.addEventListener("click", (event) => {
  const mark = event.target.closest("mark.inline-comment-marker");
  if (mark && !event.target.closest("a[href]") && getSelection().isCollapsed) follow(mark);
  const back = event.target.closest("[data-mark]");
  const text = back && document.querySelector(`mark[data-ref="${CSS.escape(back.dataset.mark)}"]`);
  if (text) {
    event.preventDefault();
    text.scrollIntoView({ block: "center" });
    text.focus({ preventScroll: true });
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("mark.inline-comment-marker")) follow(event.target);
});

// ---- a comment on the text that is selected
const article = document.getElementById("article");
const form = document.getElementById("on-text");
const button = document.getElementById("select-comment");
const selected = () => {
  const choice = getSelection();
  if (choice.isCollapsed || !choice.rangeCount) return null;
  const range = choice.getRangeAt(0);
  return article.contains(range.commonAncestorContainer) && choice.toString().trim() ? range : null;
};
if (article && form && button) {
  document.addEventListener("selectionchange", () => {
    const range = selected();
    button.hidden = !range;
    if (!range) return;
    const box = range.getBoundingClientRect();
    button.style.left = `${Math.max(box.left + scrollX, 8)}px`;
    button.style.top = `${box.bottom + scrollY + 6}px`;
  });
  button.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the selection
  button.addEventListener("click", () => {
    const range = selected();
    if (!range) return;
    const above = document.createRange();
    above.selectNodeContents(article);
    above.setEnd(range.startContainer, range.startOffset);
    form.elements.quote.value = getSelection().toString().replace(/\s+/g, " ").trim();
    form.elements.before.value = above.toString().replace(/\s+/g, " ").slice(-200);
    form.closest("details").open = true;
    button.hidden = true;
    form.elements.text.focus();
  });
}

// ---- one menu at a time, and Escape closes it
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
});
