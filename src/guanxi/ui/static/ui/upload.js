// Drop a file anywhere on the box, see how far it has come. Without this the form is a plain upload.

const readable = (bytes) =>
  bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;

function mount(form, announce) {
  const input = form.querySelector("input[type=file]");
  const box = form.querySelector("[data-drop]");
  const bar = form.querySelector("progress");
  const said = form.querySelector("[data-upload-said]");
  const limit = Number(form.dataset.limitBytes);

  function say(text, bad) {
    said.textContent = text;
    said.classList.toggle("text-danger", Boolean(bad));
    announce(text);
  }

  function send() {
    const file = input.files[0];
    if (!file) return;
    if (limit && file.size > limit) {
      input.value = "";
      return say(form.dataset.tooBig, true);
    }
    const request = new XMLHttpRequest(); // fetch cannot tell how far an upload has come
    const sent = new FormData(form);
    bar.hidden = false;
    box.classList.add("busy");
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      bar.value = event.loaded / event.total;
      said.textContent = `${file.name} · ${readable(event.loaded)} / ${readable(event.total)}`;
    });
    request.addEventListener("load", () => {
      if (request.status < 400 && request.responseURL) return location.assign(request.responseURL);
      fail(request.getResponseHeader("X-Message") ? decodeURIComponent(request.getResponseHeader("X-Message")) : form.dataset.failed);
    });
    request.addEventListener("error", () => fail(form.dataset.failed));
    request.open("POST", form.action);
    request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    request.send(sent);
    say(`${file.name} · ${readable(file.size)}`);
  }

  function fail(text) {
    bar.hidden = true;
    box.classList.remove("busy");
    input.value = "";
    say(text, true);
  }

  form.querySelector("[data-upload-button]")?.setAttribute("hidden", "");
  input.addEventListener("change", send);
  for (const kind of ["dragenter", "dragover"]) {
    box.addEventListener(kind, (event) => {
      event.preventDefault();
      box.classList.add("over");
    });
  }
  for (const kind of ["dragleave", "drop"]) {
    box.addEventListener(kind, () => box.classList.remove("over"));
  }
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    send();
  });
}

export function mountUploads(announce) {
  for (const form of document.querySelectorAll("form[data-upload]")) mount(form, announce);
}
