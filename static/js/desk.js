/* The scoring desk by keyboard: arrows change the leaf, digits score, Ctrl+Enter sends. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-desk]");
  if (!form) return;
  const go = (name) => {
    const link = document.querySelector(`[${name}][href]`);
    if (link) link.click();
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("button.btn-primary"));
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.closest(
      "textarea, input:not([type=radio]):not([type=checkbox]), select, summary",
    );
    if (typing) return;
    if (event.key === "ArrowLeft") {
      event.preventDefault();
      go("data-desk-before");
    }
    if (event.key === "ArrowRight") {
      event.preventDefault();
      go("data-desk-after");
    }
    if (/^[0-9]$/.test(event.key)) {
      const level = form.querySelector(`[data-digit="${event.key}"]`);
      const points = form.querySelector("[data-points]");
      if (level) {
        event.preventDefault();
        level.checked = true;
        level.focus();
        form.dispatchEvent(new Event("input", { bubbles: true }));
      } else if (points) {
        points.focus();
        points.select();
      }
    }
  });
})();
