// Ctrl/⌘ K: pages and customers from one box. The server finds; this moves the choice and opens it.

export function mountPalette(announce) {
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("ul");
  let chosen = 0;
  let asked = 0;
  let waiting = 0;
  let answered = null; // what the list answers
  let entered = false; // Enter came before the list did

  const items = () => [...list.querySelectorAll("a[role=option]")];

  function choose(index) {
    const all = items();
    if (!all.length) return input.removeAttribute("aria-activedescendant");
    chosen = (index + all.length) % all.length;
    all.forEach((item, i) => item.setAttribute("aria-selected", String(i === chosen)));
    input.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  }

  async function find() {
    const turn = ++asked;
    const query = input.value;
    const url = new URL(input.dataset.url, location.href);
    url.searchParams.set("q", query);
    const response = await fetch(url, { headers: { Accept: "text/html", "HX-Request": "true" } });
    if (turn !== asked || !response.ok) return; // a later question overtook this one
    list.innerHTML = await response.text();
    answered = query;
    choose(0);
    if (entered && answered === input.value) items()[0]?.click();
    announce(list.querySelector("[data-announce]")?.dataset.announce ?? "");
  }

  function open() {
    if (dialog.open) return;
    input.value = "";
    entered = false;
    dialog.showModal();
    find();
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-palette-open]")) open();
    if (event.target === dialog) dialog.close();
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      dialog.open ? dialog.close() : open();
    }
  });
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    entered = false;
    waiting = setTimeout(find, 120);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // Enter ends a Chinese word, it does not open a page
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else if (event.key === "Enter") answered === input.value ? items()[chosen]?.click() : (entered = true);
    else return;
    event.preventDefault();
  });
}
