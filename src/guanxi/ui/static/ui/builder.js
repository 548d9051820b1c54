// The builder of conditions. The server draws it; this sends the form when something changes, puts the answer
// in place without losing focus, open lists or what is being typed, and counts a moment after the last key.
// Without it every button still works, by loading the page.

import { mountCharts } from "./charts.js";

const COUNT_AFTER_MS = 450;
const TYPED = "input:not([type=checkbox]):not([type=radio]):not([type=hidden]), textarea";

function mount(form, announce) {
  const body = document.getElementById("builder-body");
  const effect = document.getElementById("effect");
  const brief = document.getElementById("effect-brief");
  const note = document.getElementById("builder-note");
  const kept = `builder:${location.pathname}`;
  let drawing; // the request under way, so that a later one can end it
  let counting;
  let waiting = 0;

  // ---------- Talking to the server ----------
  async function send(url, submitter, signal) {
    const sent = new FormData(form, submitter);
    keep();
    const response = await fetch(url, {
      method: "POST",
      body: new URLSearchParams(sent),
      headers: { "HX-Request": "true", "HX-Current-URL": location.href, Accept: "text/html" },
      signal,
    });
    // 403: signed in again in another window, which made this page's token stale.
    if (response.status === 401 || response.status === 403) signedOut();
    else if (response.status >= 500) say(form.dataset.failed);
    else {
      note.replaceChildren();
      return response;
    }
    return null;
  }

  const quiet = (error) => {
    if (error.name !== "AbortError") say(form.dataset.failed);
  };

  async function draw(submitter) {
    drawing?.abort();
    drawing = new AbortController();
    const before = attention();
    const acted = Boolean(submitter);
    try {
      const response = await send(form.dataset.drawUrl, submitter, drawing.signal);
      if (response) put(await response.text(), acted ? before : { ...before, live: true });
    } catch (error) {
      return quiet(error);
    }
    count();
  }

  async function count() {
    clearTimeout(waiting);
    if (!form.dataset.previewUrl) return;
    counting?.abort();
    counting = new AbortController();
    effect.setAttribute("aria-busy", "true");
    try {
      const response = await send(form.dataset.previewUrl, undefined, counting.signal);
      if (!response?.ok) return;
      const focused = effect.contains(document.activeElement) ? document.activeElement.id : "";
      effect.innerHTML = await response.text();
      if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    } catch (error) {
      return quiet(error);
    }
    effect.removeAttribute("aria-busy");
    mountCharts(effect);
    // Something that takes longer says when to look again.
    const again = effect.querySelector("[data-again]");
    if (again) waiting = setTimeout(count, Number(again.dataset.again));
    const said = effect.querySelector("[data-brief]")?.dataset.brief ?? "";
    brief.textContent = said;
    if (said) announce(said);
    const sentence = effect.querySelector("[data-sentence]");
    const shown = document.getElementById("sentence");
    if (sentence && shown && form.querySelector(".cond-leaf")) shown.textContent = sentence.textContent;
  }

  async function save(submitter) {
    try {
      const response = await send(form.action, submitter);
      if (!response) return;
      const target = response.headers.get("HX-Redirect");
      if (target) {
        forget();
        return location.assign(target);
      }
      put(await response.text(), attention());
      const wrong = body.querySelector(".conflict, .note-bad, .errors");
      wrong?.scrollIntoView({ block: "center" });
      body.querySelector("[aria-invalid]")?.focus();
      announce(wrong?.textContent.trim() ?? "");
    } catch (error) {
      quiet(error);
    }
  }

  // ---------- Putting the answer in place ----------
  function attention() {
    const active = body.contains(document.activeElement) ? document.activeElement : null;
    return {
      id: active?.id ?? "",
      open: [...body.querySelectorAll("details[open][id]:not(.cond-menu)")].map((one) => one.id),
      scrolled: new Map([...body.querySelectorAll("[data-scroll]")].map((one) => [one.dataset.scroll, one.scrollTop])),
      filters: new Map([...body.querySelectorAll(".multi[open] [data-filter]")].map((one) => [one.closest(".multi").id, one.value])),
    };
  }

  function put(html, before) {
    // What was typed while the answer was on its way stays.
    const active = before.live && body.contains(document.activeElement) ? document.activeElement : null;
    const typed = active?.matches(TYPED) ? { value: active.value, start: active.selectionStart, end: active.selectionEnd } : null;
    const id = active?.id || before.id;
    body.innerHTML = html;
    for (const open of before.open) {
      const details = document.getElementById(open);
      if (details) details.open = true;
    }
    for (const [name, top] of before.scrolled) {
      const box = body.querySelector(`[data-scroll="${CSS.escape(name)}"]`);
      if (box) box.scrollTop = top;
    }
    for (const [box, value] of before.filters) {
      const input = document.getElementById(box)?.querySelector("[data-filter]");
      if (input && value) {
        input.value = value;
        filter(input);
      }
    }
    const wanted = before.live ? null : body.querySelector("[data-focus]");
    const target = wanted?.matches("input, select, button") ? wanted : wanted?.querySelector("input:not([type=hidden]), select, summary");
    const again = target ?? (id ? document.getElementById(id) : null);
    again?.focus({ preventScroll: !target });
    if (typed && again?.matches(TYPED)) {
      again.value = typed.value;
      if (again.type !== "date") again.setSelectionRange?.(typed.start, typed.end);
    }
    target?.scrollIntoView({ block: "nearest" });
  }

  function say(text, link) {
    const box = document.createElement("div");
    box.className = "note note-warn";
    const words = document.createElement("p");
    words.textContent = text;
    box.append(words);
    if (link) box.append(link);
    note.replaceChildren(box);
  }

  // ---------- An expired session ----------
  function keep() {
    try {
      sessionStorage.setItem(kept, JSON.stringify([...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken")));
    } catch {
      // Without storage what was written lasts as long as the page.
    }
  }
  function forget() {
    try {
      sessionStorage.removeItem(kept);
      sessionStorage.removeItem(`${kept}:out`);
    } catch {
      // Nothing was kept.
    }
  }
  function signedOut() {
    try {
      sessionStorage.setItem(`${kept}:out`, "yes");
    } catch {
      // Then the sign-in opens beside it.
    }
    const link = document.createElement("a");
    link.className = "btn btn-sm";
    link.href = location.href; // by way of the sign-in page where that is needed
    link.textContent = form.dataset.signIn;
    say(form.dataset.signedOut, link);
  }
  async function restore() {
    let entries;
    try {
      if (!sessionStorage.getItem(`${kept}:out`)) return false;
      entries = JSON.parse(sessionStorage.getItem(kept) ?? "[]");
      sessionStorage.removeItem(`${kept}:out`);
    } catch {
      return false;
    }
    if (!entries.length) return false;
    const sent = new URLSearchParams(entries);
    sent.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    const response = await fetch(form.dataset.drawUrl, { method: "POST", body: sent, headers: { "HX-Request": "true" } });
    if (!response.ok) return false;
    body.innerHTML = await response.text();
    say(form.dataset.restored);
    return true;
  }

  // ---------- What people do ----------
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const by = event.submitter;
    by?.name === "do" ? draw(by) : save(by);
  });
  form.addEventListener("change", (event) => {
    if (!event.target.matches("[data-quiet], #name, #description")) draw();
  });
  form.addEventListener("input", (event) => {
    if (event.target.matches("[data-picker-search]")) return search(event.target);
    if (event.target.matches("[data-filter]")) return filter(event.target);
    if (!event.target.matches(TYPED) || event.target.matches("[data-quiet], #name, #description")) return;
    clearTimeout(waiting);
    waiting = setTimeout(count, COUNT_AFTER_MS);
  });
  form.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const picker = event.target.closest("[data-picker]");
    if (picker) return pick(event, picker);
    const box = event.target.closest(".multi[open]");
    if (box && event.key === "Escape") {
      box.open = false;
      box.querySelector("summary").focus();
    } else if (box && event.key === "Enter" && event.target.matches("[data-filter]")) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-builder-leave]")) forget();
    for (const box of body.querySelectorAll(".multi[open]")) if (!box.contains(event.target)) box.open = false;
  });

  // On a phone the keyboard would cover what is to be chosen.
  if (matchMedia("(hover: hover)").matches) body.querySelector("input[data-focus]")?.focus({ preventScroll: true });
  restore().then(() => count());
}

// ---------- Lists that are searched ----------
function search(input) {
  const picker = input.closest("[data-picker]");
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const group of picker.querySelectorAll("[data-picker-group]")) {
    let here = 0;
    for (const offer of group.querySelectorAll("[data-words]")) {
      offer.hidden = !words.every((word) => offer.dataset.words.includes(word));
      here += !offer.hidden;
    }
    group.hidden = !here;
    found += here;
  }
  picker.querySelector("[data-picker-none]").hidden = found > 0;
}

function pick(event, picker) {
  const offers = [...picker.querySelectorAll("[data-words]:not([hidden])")];
  const at = offers.indexOf(document.activeElement);
  if (event.key === "ArrowDown") offers[Math.min(at + 1, offers.length - 1)]?.focus();
  else if (event.key === "ArrowUp") at > 0 ? offers[at - 1].focus() : picker.querySelector("[data-picker-search]").focus();
  else if (event.key === "Enter" && at < 0) offers[0]?.click();
  else if (event.key === "Escape") picker.querySelector("[data-picker-close]").click();
  else return;
  event.preventDefault();
}

function filter(input) {
  const word = input.value.toLowerCase();
  for (const item of input.closest(".multi").querySelectorAll(".multi-items label")) {
    item.hidden = !item.textContent.toLowerCase().includes(word);
  }
}

export function mountBuilder(announce) {
  const form = document.querySelector("form[data-builder]");
  if (form) mount(form, announce);
}
