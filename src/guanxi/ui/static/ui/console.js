// The console's behaviour on top of HTML that works without it: menus, theme, drawer, palette, charts,
// uploads, keys. Nothing here is inline, so the content security policy stays strict.
import { mountBuilder } from "./builder.js";
import { mountBulk } from "./bulk.js";
import { mountCharts } from "./charts.js";
import { mountHelp } from "./help.js";
import { mountPalette } from "./palette.js";
import { mountUploads } from "./upload.js";

const csrf = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

document.addEventListener("htmx:config:request", (event) => {
  event.detail.ctx.request.headers["X-CSRFToken"] = csrf();
});

// ---------- What changed is said aloud ----------
export function announce(text) {
  const announcer = document.getElementById("announcer");
  if (announcer) announcer.textContent = text;
}
document.addEventListener("htmx:after:swap", (event) => {
  const spoken = event.detail.ctx?.target?.querySelector?.("[data-announce]");
  if (spoken) announce(spoken.dataset.announce || spoken.textContent.trim());
  mountCharts(document);
});

// ---------- Sliders ----------
// A slider writes into the number beside it, and follows when that is typed.
document.addEventListener("input", (event) => {
  const { slides } = event.target.dataset;
  if (slides) document.getElementById(slides).value = event.target.value;
  const slider = event.target.id && document.querySelector(`[data-slides="${CSS.escape(event.target.id)}"]`);
  if (slider && event.target.value !== "") slider.value = event.target.value;
});

// ---------- Theme ----------
function showTheme() {
  const choice = document.documentElement.dataset.themeChoice;
  for (const button of document.querySelectorAll("button[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
  }
}
document.addEventListener("theme-changed", showTheme);

// ---------- Drawer ----------
function setDrawer(open) {
  document.body.classList.toggle("drawer-open", open);
  for (const button of document.querySelectorAll("[data-drawer-open]")) {
    button.setAttribute("aria-expanded", String(open));
  }
  if (open) document.querySelector("#side a, #side summary")?.focus();
}

// ---------- Clicks ----------
document.addEventListener("click", (event) => {
  const target = event.target.closest("button, a, summary, [data-row-url]");
  for (const menu of document.querySelectorAll("details.menu[open], details.definition[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  if (!target) return;
  if (target.matches("button[data-theme-choice]")) {
    try {
      localStorage.setItem("theme", target.dataset.themeChoice);
    } catch {
      // Without storage the choice lasts for this page.
    }
    window.applyTheme();
  } else if (target.matches("[data-drawer-open]")) {
    setDrawer(true);
  } else if (target.matches("[data-drawer-close]")) {
    setDrawer(false);
  } else if (target.matches("[data-copy]")) {
    copyField(target);
  } else if (target.matches("[data-chart-table]")) {
    toggleTable(target);
  } else if (target.matches("[data-dialog-open]")) {
    document.getElementById(target.dataset.dialogOpen)?.showModal();
  } else if (target.matches("[data-dialog-close]")) {
    target.closest("dialog")?.close();
  }
});

// Without the clipboard (plain http) the field is selected, ready for Ctrl+C.
async function copyField(button) {
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    button.textContent = button.dataset.copied;
    announce(button.dataset.copied);
  } catch {
    field.focus();
  }
}

function toggleTable(button) {
  const table = document.getElementById(button.getAttribute("aria-controls"));
  table.hidden = !table.hidden;
  button.setAttribute("aria-pressed", String(!table.hidden));
}

// ---------- Keys ----------
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    setDrawer(false);
    const menu = document.querySelector("details.menu[open], details.definition[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  }
  const typing = event.target.closest("input, textarea, select, dialog");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const bound = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (bound) {
    event.preventDefault();
    bound.matches("input") ? bound.focus() : bound.click();
  }
});

// ---------- Forms ----------
// A form sent twice by a double click would do its work twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  window.setTimeout(() => delete form.dataset.sent, 4000);
});
// A choice that needs no button of its own.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

if (/Mac|iPhone|iPad/.test(navigator.platform)) {
  for (const key of document.querySelectorAll("[data-palette-key]")) key.textContent = "⌘K";
}
showTheme();
mountPalette(announce);
mountHelp();
mountCharts(document);
mountUploads(announce);
mountBuilder(announce);
mountBulk();
