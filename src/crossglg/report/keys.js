// Choose a class on a map of clips, by pointer or keyboard, to see it alone.
(() => {
  for (const chart of document.querySelectorAll(".scatter")) {
    const keys = [...chart.querySelectorAll(".key")];
    const marks = [...chart.querySelectorAll(".spot, .spot-name")];
    let chosen = null;

    const show = (number) => {
      for (const mark of marks) mark.classList.toggle("faded", number !== null && mark.dataset.key !== number);
    };

    for (const key of keys) {
      key.addEventListener("click", () => {
        chosen = chosen === key.dataset.key ? null : key.dataset.key;
        for (const other of keys) other.setAttribute("aria-pressed", String(other.dataset.key === chosen));
        show(chosen);
      });
      key.addEventListener("pointerenter", () => show(key.dataset.key));
      key.addEventListener("pointerleave", () => show(chosen));
    }
  }
})();
