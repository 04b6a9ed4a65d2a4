// Keeps the simulator's page alive: forms without leaving the page, phones as they change.
"use strict";

const phones = document.getElementById("phones");
const said = document.getElementById("said");
const cards = document.querySelector("#till select[name=card]");

function say(sentence, isBad) {
  said.textContent = sentence;
  said.dataset.kind = isBad ? "bad" : "good";
}

// Times as the reader writes them; the page has them in UTC.
function localTimes(root) {
  for (const time of root.querySelectorAll("time")) {
    const language = time.closest("[lang]").lang;
    time.textContent = new Date(time.dateTime).toLocaleTimeString(language, { timeStyle: "medium" });
  }
}

function listCards() {
  const chosen = cards.value;
  const options = [...phones.children].map((phone) => {
    const option = document.createElement("option");
    option.value = phone.dataset.code;
    option.textContent = phone.dataset.label;
    return option;
  });
  cards.replaceChildren(...options);
  if (options.some((option) => option.value === chosen)) cards.value = chosen;
}

function show({ id, html }) {
  const part = document.createElement("template");
  part.innerHTML = html;
  const fresh = part.content.firstElementChild;
  localTimes(fresh);
  const old = document.getElementById(id);
  if (!old) {
    phones.append(fresh);
    fresh.scrollIntoView({ block: "nearest" });
    listCards();
    return;
  }
  const known = new Set([...old.querySelectorAll("[data-number]")].map((notice) => notice.dataset.number));
  for (const notice of fresh.querySelectorAll("[data-number]")) {
    if (!known.has(notice.dataset.number)) notice.classList.add("fresh");
  }
  for (const back of old.querySelectorAll("details[open]")) {
    const same = fresh.querySelector(`[data-back="${back.dataset.back}"]`);
    if (same) same.open = true;
  }
  const focused = old.contains(document.activeElement) ? document.activeElement.tagName.toLowerCase() : null;
  old.replaceWith(fresh);
  if (focused) (fresh.querySelector(focused) ?? fresh.querySelector("button"))?.focus();
}

// On a small screen the till and the phone are not seen together.
function bringIntoView(code) {
  const phone = [...phones.children].find((one) => one.dataset.code === code);
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  phone?.querySelector(".lock").scrollIntoView({ block: "nearest", behavior: isStill ? "auto" : "smooth" });
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  event.preventDefault();
  const fields = new URLSearchParams(new FormData(form, event.submitter));
  const buttons = [...form.querySelectorAll("button")];
  buttons.forEach((button) => { button.disabled = true; });
  try {
    const answer = await fetch(form.action, { method: "POST", body: fields, headers: { accept: "application/json" } });
    const { said: sentence, code } = await answer.json();
    say(sentence, !answer.ok);
    if (answer.ok && code) bringIntoView(code);
    if (answer.ok && form.id === "welcome") {
      form.elements.name.value = "";
      listCards();
      if (code) cards.value = code;
    }
  } catch {
    say("The demo does not answer. Is it still running?", true);
  } finally {
    buttons.forEach((button) => { button.disabled = false; });
  }
});

const events = new EventSource("/simulator/events");
events.addEventListener("phone", (event) => show(JSON.parse(event.data)));
events.addEventListener("error", () => say("The line to the demo broke; trying again.", true));
events.addEventListener("open", () => { if (said.dataset.kind === "bad") say("", false); });
localTimes(document);
