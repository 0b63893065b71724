// Say what an old browser lacks. This script is no module and has old syntax, so that it runs in every browser.

/* oxlint-disable no-var, prefer-template */
(function () {
  /** @type {Record<string, boolean>} */
  var needed = {
    "JavaScript modules": "noModule" in HTMLScriptElement.prototype,
    "pointer events": "PointerEvent" in window,
    "resize observers": "ResizeObserver" in window,
    "nested style rules": "CSS" in window && CSS.supports("selector(&)"),
  };
  var missing = Object.keys(needed).filter(function (name) { return !needed[name]; }).join(", ");
  if (!missing) return;
  document.addEventListener("DOMContentLoaded", function () {
    var note = document.createElement("p");
    note.id = "old-browser";
    note.setAttribute("role", "alert");
    note.textContent = "This page needs a newer browser: this one lacks " + missing + ".";
    document.body.insertBefore(note, document.body.firstChild);
  });
})();
