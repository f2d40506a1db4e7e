// Whoever has no mouse scrolls wide code and tables by the keyboard: such a block takes the focus.
addEventListener("DOMContentLoaded", () => {
  for (const block of document.querySelectorAll("pre, .table-wrapper")) {
    if (block.scrollWidth > block.clientWidth) block.tabIndex = 0;
  }
});
