// The bar over the ticked rows of a list. Without this file it is a plain form whose boxes stand in the rows.
const rows = () => [...document.querySelectorAll('input[form="bulk"][name="id"]')];

export function mountBulk() {
  const bar = document.querySelector("[data-bulk]");
  if (!bar) return;
  const page = document.querySelector("[data-bulk-page]");
  const count = bar.querySelector("[data-bulk-count]");
  const none = count.textContent;
  let last = null;

  function show() {
    const boxes = rows();
    const ticked = boxes.filter((box) => box.checked).length;
    const all = bar.elements.all?.checked ?? false;
    count.textContent = ticked ? count.dataset.some.replace("{n}", ticked.toLocaleString()) : none;
    bar.classList.toggle("idle", !ticked && !all);
    for (const box of boxes) box.closest("tr, li")?.classList.toggle("ticked", box.checked || all);
    if (page) {
      page.checked = ticked > 0 && ticked === boxes.length;
      page.indeterminate = ticked > 0 && ticked < boxes.length;
    }
  }

  if (page) page.hidden = false;
  document.addEventListener("change", (event) => {
    if (event.target === page) for (const box of rows()) box.checked = page.checked;
    if (event.target === page || event.target === bar.elements.all || event.target.form === bar) show();
  });
  // Shift ticks everything between the last tick and this one.
  document.addEventListener("click", (event) => {
    const boxes = rows();
    const here = boxes.indexOf(event.target);
    if (here < 0) return;
    const from = boxes.indexOf(last);
    if (event.shiftKey && from >= 0) {
      const [first, end] = from < here ? [from, here] : [here, from];
      for (const box of boxes.slice(first, end + 1)) box.checked = event.target.checked;
    }
    last = event.target;
    show();
  });
  window.addEventListener("pageshow", show);
  show();
}
