"use strict";
// The page works without this. With it, messages arrive by themselves, nothing reloads, and focus stays where it is.

const get = (id) => document.getElementById(id);
document.documentElement.classList.add("scripted");

/**
 * Take over from a fresh copy of this page what differs, and leave alone what the person is busy with. New messages
 * are scrolled to when the person just did something (`follow`), or looks at the end.
 */
function merge(fresh, follow) {
  document.title = fresh.title;
  for (const id of ["waiting", "views", "now", "happened", "nothing"]) {
    const [old, new_] = [get(id), fresh.getElementById(id)];
    if (old.innerHTML !== new_.innerHTML) old.replaceChildren(...new_.childNodes);
    old.hidden = new_.hidden;
  }
  for (const option of fresh.querySelectorAll("#who option")) {
    const old = [...get("who").options].find(({ value }) => value === option.value);
    if (old.text !== option.text) old.text = option.text;
  }
  const before = get("log").lastElementChild;
  const atEnd = !before || before.getBoundingClientRect().bottom < innerHeight * 1.25;
  const added = [];
  let changed = null;
  for (const article of [...fresh.querySelectorAll("#log > article")]) {
    const old = get(article.id);
    if (!old) {
      added.push(article);
      get("log").append(article);
    } else if (old.outerHTML !== article.outerHTML) {
      const focused = old.contains(document.activeElement);
      old.replaceWith(article);
      changed = article;
      if (focused) article.focus({ preventScroll: true });
    }
  }
  const foot = fresh.getElementById("foot");
  if (get("foot").dataset.state !== foot.dataset.state) {
    get("foot").replaceWith(foot);
    focusFoot();
  } else if (added.length && (atEnd || follow)) {
    added.at(-1).scrollIntoView({ block: "nearest" });
    added[0].scrollIntoView({ block: "nearest" });
  } else if (changed && follow) {
    changed.scrollIntoView({ block: "nearest" });
  }
  for (const name of ["form", "nonce"]) {
    const value = fresh.querySelector(`#press [name=${name}]`).value;
    for (const input of document.querySelectorAll(`input[type=hidden][name=${name}]`)) input.value = value;
  }
}

/** Focus what a person needs first: the problems of a form, its heading, or the message box. */
function focusFoot() {
  (get("problems") ?? get("form-title") ?? get("message")).focus();
  (get("problems") ?? get("form-title") ?? get("foot")).scrollIntoView({ block: "nearest" });
}

/** Show the page that an answer holds; false when the answer is a refusal. */
async function show(answer, follow) {
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  get("trouble").textContent = answer.ok ? "" : fresh.getElementById("words")?.textContent ?? "That did not work.";
  if (!answer.ok) return false;
  merge(fresh, follow);
  return true;
}

let queue = Promise.resolve();
/** One thing after another, so that an older copy of the page never replaces a newer one. */
function inTurn(work) {
  queue = queue.then(work).catch(() => {
    get("trouble").textContent = "The sandbox does not answer. Start it again, then load this page again.";
  });
  return queue;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  event.preventDefault();
  const fields = new URLSearchParams(new FormData(form, event.submitter));
  const message = form.id === "say" ? get("message") : null;
  inTurn(async () => {
    const answer = await fetch(form.action, { method: "POST", body: fields });
    if (message && answer.ok && message.value.trim() === fields.get("text").trim()) message.value = "";
    if (await show(answer, true)) history.replaceState(null, "", answer.url);
  });
});

// On a touch screen's keyboard, Enter makes a new line.
const entersSend = matchMedia("(hover: hover)").matches;
document.addEventListener("keydown", (event) => {
  if (entersSend && event.target.id === "message" && event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
});

// A choice with the mouse or by touch switches at once. With the keyboard it waits for Enter or the button, as the
// arrow keys pass over other people on the way.
let byKeyboard = false;
get("who").addEventListener("pointerdown", () => (byKeyboard = false));
get("who").addEventListener("keydown", (event) => {
  byKeyboard = true;
  if (event.key === "Enter") get("people").requestSubmit();
});
get("who").addEventListener("change", () => byKeyboard || get("people").requestSubmit());

addEventListener("pageshow", (event) => event.persisted && location.reload());

const stream = new EventSource(document.body.dataset.stream);
stream.onmessage = () => inTurn(async () => show(await fetch(location.pathname + location.search), false));

if (get("form")) focusFoot();
else if (location.hash === "#end") {
  get("log").lastElementChild?.scrollIntoView({ block: "end" });
  get("message").focus({ preventScroll: true });
}
