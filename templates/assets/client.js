// Enhances the client pages. Everything works without it: the forms are ordinary forms.
(() => {
  "use strict";
  const root = document.documentElement;
  const one = (selector, within = document) => within.querySelector(selector);
  root.classList.add("js");

  // Larger letters: three steps, kept in a cookie so that the server renders the next page right away.
  const size = one("[data-size]");
  if (size) {
    const steps = ["", "large", "largest"];
    size.hidden = false;
    size.addEventListener("click", () => {
      const now = steps.findIndex((step) => step && root.classList.contains(step));
      const next = (Math.max(now, 0) + 1) % steps.length;
      root.classList.remove("large", "largest");
      if (next) root.classList.add(steps[next]);
      document.cookie = `size=${next + 1}; path=/; max-age=31536000; samesite=lax`;
    });
  }

  // The error summary takes the focus; `autofocus` alone is not honoured everywhere.
  one(".problem")?.focus();

  // A second press of a button sends nothing twice.
  const lock = (form) => {
    if (form.dataset.sent) return false;
    form.dataset.sent = "1";
    form.querySelectorAll("button").forEach((button) => button.setAttribute("aria-disabled", "true"));
    return true;
  };
  const unlock = (form) => {
    delete form.dataset.sent;
    form.querySelectorAll("button").forEach((button) => button.removeAttribute("aria-disabled"));
  };
  const forms = [...document.querySelectorAll("main form")];
  forms.filter((form) => !("answer" in form.dataset)).forEach((form) =>
    form.addEventListener("submit", (event) => { if (!lock(form)) event.preventDefault(); }));
  addEventListener("pageshow", () => forms.forEach(unlock));

  // The receipt ends the check-in on this device: nothing stays in the tab.
  const stored = () => Object.keys(sessionStorage).filter((key) => key.startsWith("draft:"));
  if (one("[data-done]")) stored().forEach((key) => sessionStorage.removeItem(key));

  // A kiosk goes back to its first page after a while without a touch; without scripts, after that while.
  const patience = Number(document.body.dataset.clears) * 1000;
  if (patience) {
    let idle = 0;
    const touched = () => {
      clearTimeout(idle);
      idle = setTimeout(() => location.replace("/kiosk"), patience);
    };
    ["pointerdown", "keydown", "input", "scroll"].forEach((kind) => addEventListener(kind, touched, { passive: true }));
    touched();
  }

  const form = one("form[data-answer]");
  if (!form) return;

  // The line. The number field stays the only named control; the range writes into it.
  const line = one("[data-line]", form);
  const number = one("#value", form);
  const range = line && one("input", line);
  const show = (value) => {
    const given = value !== "" && Number.isFinite(Number(value));
    range.toggleAttribute("data-unset", !given);
    if (given) range.value = value;
    range.setAttribute("aria-valuetext", given ? range.dataset.of.replace("#", Number(value).toFixed(1)) : range.dataset.none);
  };
  const mark = (value) => {
    const within = Math.min(10, Math.max(0, value));
    number.value = within.toFixed(1);
    show(number.value);
  };
  if (line) {
    line.hidden = false;
    one("details", form).open = Boolean(one(".problem"));
    show(number.value);
    let before = null;
    range.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      const box = range.getBoundingClientRect();
      const thumb = 32;
      let part = (event.clientX - box.left - thumb / 2) / (box.width - thumb);
      if (getComputedStyle(range).direction === "rtl") part = 1 - part;
      before = number.value;
      range.setPointerCapture(event.pointerId);
      mark(part * 10);
    });
    // The finger meant to scroll the page, not to answer.
    range.addEventListener("pointercancel", () => {
      if (before === null) return;
      number.value = before;
      show(before);
      before = null;
    });
    range.addEventListener("pointerup", () => { before = null; });
    range.addEventListener("input", () => mark(Number(range.value)));
    range.addEventListener("keydown", (event) => {
      const page = { PageUp: 1, PageDown: -1 }[event.key];
      if (page) mark(Number(range.value) + page);
      else if (event.key === "Home") mark(0);
      else if (event.key === "End") mark(10);
      else if (event.key === " " && number.value === "") mark(5);
      else return;
      event.preventDefault();
    });
    number.addEventListener("input", () => show(number.value));
  }

  // A tap moves on after a moment. Arrow keys also select radio buttons, so only a pointer counts.
  const taps = one("[data-taps]", form);
  if (taps) {
    taps.hidden = false;
    let pointed = 0;
    let timer = 0;
    form.addEventListener("pointerup", (event) => { if (event.target.closest(".options label")) pointed = event.timeStamp; });
    form.addEventListener("keydown", () => { pointed = 0; clearTimeout(timer); });
    form.addEventListener("change", (event) => {
      clearTimeout(timer);
      if (event.target.type !== "radio" || !pointed || event.timeStamp - pointed > 1000) return;
      timer = setTimeout(() => form.requestSubmit(one("[data-go]", form)), 250);
    });
  }

  // Somebody only looks: the form leads on by itself.
  if ("preview" in form.dataset) return;

  // An answer that cannot be sent stays in this tab and is sent, with the same key, when the connection is back.
  const status = one("[data-saved]", form);
  const key = `draft:${form.dataset.draft}:${one("[name=item]", form).value}`;
  const keep = (body) => {
    try { sessionStorage.setItem(key, String(body)); } catch { /* a full or forbidden store: the form still holds the answer */ }
  };
  const forget = () => sessionStorage.removeItem(key);
  let waiting = null;
  let retry = 0;

  const send = async (body, button) => {
    clearTimeout(retry);
    let answer;
    try {
      answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(15000) });
      // A gateway without its server is no answer either.
      if (answer.status > 501 && answer.status < 505) throw answer;
    } catch {
      waiting = { body, button };
      keep(body);
      status.textContent = status.dataset.saved;
      unlock(form);
      retry = setTimeout(again, 10000);
      return;
    }
    waiting = null;
    forget();
    status.textContent = "";
    const json = answer.headers.get("Content-Type")?.startsWith("application/json");
    const next = answer.ok && (json ? (await answer.json().catch(() => ({}))).next : answer.redirected && answer.url);
    if (next) location.assign(next);
    else submitPlainly(button);
  };
  const again = () => { if (waiting && lock(form)) send(waiting.body, waiting.button); };
  const submitPlainly = (button) => {
    form.removeEventListener("submit", onSubmit);
    unlock(form);
    form.requestSubmit(button);
  };
  const onSubmit = (event) => {
    event.preventDefault();
    if (!lock(form)) return;
    const button = event.submitter ?? one("[data-go]", form);
    const body = new URLSearchParams(new FormData(form, button.name ? button : undefined));
    if (button.name === "decline") body.delete("value");
    send(body, button);
  };
  form.addEventListener("submit", onSubmit);
  addEventListener("online", again);
  addEventListener("focus", again);

  // Coming back to a page whose answer was never sent: show it and send it.
  const unsent = sessionStorage.getItem(key);
  if (unsent) {
    const body = new URLSearchParams(unsent);
    const value = body.get("value");
    body.set("csrf", form.elements.csrf.value);
    if (line && value) mark(Number(value));
    else if (value) form.querySelectorAll("[name=value]").forEach((radio) => { radio.checked = radio.value === value; });
    lock(form);
    send(body, body.has("decline") ? one("[name=decline]", form) : one("[data-go]", form));
  }
})();
