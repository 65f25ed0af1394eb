// Draws the maps: our own outlines, town and station names, numbered places. No outside tiles.
"use strict";

(() => {
  const CENTRE = [35.7295, 139.716];

  function backdrop(map) {
    const outline = { color: "#7f9a8c", weight: 1.5, fillColor: "#ffffff", fillOpacity: 0.7, interactive: false };
    fetch("/map/districts.geojson", { credentials: "same-origin" })
      .then((answer) => (answer.ok ? answer.json() : null))
      .then((data) => data && L.geoJSON(data, { style: outline }).addTo(map).bringToBack())
      .catch(() => {});
    fetch("/map/labels.json", { credentials: "same-origin" })
      .then((answer) => (answer.ok ? answer.json() : null))
      .then((labels) => {
        if (!labels) return;
        const towns = L.layerGroup();
        const none = { radius: 0, opacity: 0, fillOpacity: 0, interactive: false };
        for (const town of labels.towns) {
          L.circleMarker([town.lat, town.lon], none).bindTooltip(town.name, { permanent: true, direction: "center", className: "town" }).addTo(towns);
        }
        for (const station of labels.stations) {
          L.circleMarker([station.lat, station.lon], { radius: 4, color: "#3b4a8a", fillOpacity: 1, interactive: false })
            .bindTooltip(station.name, { permanent: true, direction: "top", className: "station" }).addTo(map);
        }
        const show = () => (map.getZoom() >= 15 ? towns.addTo(map) : towns.remove());
        map.on("zoomend", show);
        show();
      })
      .catch(() => {});
  }

  function pin(extra) {
    return L.divIcon({ className: `pin ${extra || ""}`, html: "", iconSize: [28, 28] });
  }

  function mark(map, lat, lon, text, title, extra) {
    const marker = L.marker([lat, lon], { icon: pin(extra), title, alt: title }).addTo(map);
    marker.getElement().textContent = text;
    return marker;
  }

  function start(element) {
    const map = L.map(element, { zoomControl: true, attributionControl: false, minZoom: 10, maxZoom: 18 });
    const lon = parseFloat(element.dataset.lon);
    const lat = parseFloat(element.dataset.lat);
    const here = Number.isFinite(lat) && Number.isFinite(lon) ? [lat, lon] : null;
    map.setView(here || CENTRE, here ? 15 : 13);
    backdrop(map);
    if (element.dataset.map === "suggestions") suggestions(map, here, element);
    if (element.dataset.map === "point" && here) mark(map, lat, lon, "●", element.dataset.you);
    if (element.dataset.map === "pin") registration(map);
  }

  function suggestions(map, here, element) {
    const points = here ? [here] : [];
    if (here) mark(map, here[0], here[1], "★", element.dataset.you, "you");
    document.querySelectorAll(".suggestion[data-lat]").forEach((card) => {
      const lat = parseFloat(card.dataset.lat);
      const lon = parseFloat(card.dataset.lon);
      if (!Number.isFinite(lat)) return;
      points.push([lat, lon]);
      mark(map, lat, lon, card.dataset.number, card.dataset.name).on("click", () => {
        card.scrollIntoView({ behavior: "smooth", block: "center" });
        const link = card.querySelector("a");
        if (link) link.focus({ preventScroll: true });
      });
    });
    if (points.length > 1) map.fitBounds(points, { padding: [36, 36], maxZoom: 16 });
  }

  function registration(map) {
    const form = document.querySelector("form.register");
    const lonField = form.elements.lon;
    const latField = form.elements.lat;
    let marker = null;
    const put = (lat, lon) => {
      lonField.value = lon.toFixed(6);
      latField.value = lat.toFixed(6);
      if (marker) marker.remove();
      marker = mark(map, lat, lon, "●", "");
    };
    if (latField.value) put(parseFloat(latField.value), parseFloat(lonField.value));
    map.on("click", (event) => put(event.latlng.lat, event.latlng.lng));
    document.body.addEventListener("htmx:afterSwap", (event) => {
      if (event.target.id !== "found") return;
      const found = event.target.querySelector("[data-found-lat]");
      if (!found) return;
      const lat = parseFloat(found.dataset.foundLat);
      const lon = parseFloat(found.dataset.foundLon);
      map.setView([lat, lon], 16);
      if (marker) marker.remove();
      marker = mark(map, lat, lon, "●", "");
      // The town's middle is not the door: it is kept only if somebody taps the map.
      lonField.value = "";
      latField.value = "";
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-map]").forEach(start);
    document.body.addEventListener("htmx:configRequest", (event) => {
      const token = document.querySelector('input[name="csrf"]');
      if (token) event.detail.headers["X-CSRF-Token"] = token.value;
    });
  });
})();
