// Closes the open part of the menu on a tap beside it and on Escape; without a script a second tap does.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const open = () => document.querySelector(".menu[open]");
  document.addEventListener("click", (event) => {
    const part = open();
    if (part && !part.contains(event.target)) part.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const part = open();
    if (event.key !== "Escape" || !part) return;
    part.open = false;
    part.querySelector("summary").focus();
  });
});
