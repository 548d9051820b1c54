// Ctrl/⌘ K: pages and customers from one box. The server finds; this moves the choice and opens it.

export function mountPalette(announce) {
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("ul");
  let chosen = 0;
  let asked = 0;
  let waiting = 0;

  const items = () => [...list.querySelectorAll("li[role=option]")];

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
    const url = new URL(input.dataset.url, location.href);
    url.searchParams.set("q", input.value);
    const response = await fetch(url, { headers: { Accept: "text/html", "HX-Request": "true" } });
    if (turn !== asked || !response.ok) return; // a later question overtook this one
    list.innerHTML = await response.text();
    choose(0);
    announce(list.querySelector("[data-announce]")?.dataset.announce ?? "");
  }

  function open() {
    if (dialog.open) return;
    input.value = "";
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
    waiting = setTimeout(find, 120);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // Enter ends a Chinese word, it does not open a page
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else if (event.key === "Enter") items()[chosen]?.querySelector("a").click();
    else return;
    event.preventDefault();
  });
}
