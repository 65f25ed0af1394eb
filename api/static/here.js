// Asks the phone for its position, on a tap, and sends it with the form: never in an address.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const button = document.querySelector("[data-here]");
  if (!button) return;
  const status = document.getElementById("position");
  const form = button.form;
  button.addEventListener("click", () => {
    if (!navigator.geolocation) {
      status.textContent = button.dataset.failed;
      return;
    }
    status.textContent = button.dataset.locating;
    navigator.geolocation.getCurrentPosition(
      (position) => {
        form.elements.lon.value = position.coords.longitude.toFixed(5);
        form.elements.lat.value = position.coords.latitude.toFixed(5);
        form.elements.place.value = "";
        form.submit();
      },
      () => {
        status.textContent = button.dataset.failed;
      },
      { enableHighAccuracy: true, timeout: 10000, maximumAge: 60000 },
    );
  });
});
