// Draws the maps: our own outlines, town and station names, numbered places.
"use strict";

(() => {
  const CENTRE = [35.7295, 139.716];

  function backdrop(map) {
    const outline = { color: "#7f9a8c", weight: 1.5, fillColor: "#ffffff", fillOpacity: 0.7, className: "district", interactive: false };
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
        const stations = L.layerGroup();
        for (const station of labels.stations) {
          L.circleMarker([station.lat, station.lon], { radius: 4, color: "#3b4a8a", fillOpacity: 1, interactive: false })
            .bindTooltip(station.name, { permanent: true, direction: "top", className: "station" }).addTo(stations);
        }
        // A base map has streets of its own, and its land must show through the districts.
        if (labels.base) {
          map.getContainer().classList.add("based");
          IbashoBase.under(map, labels.base).catch(() => {});
        } else if (labels.streets) IbashoStreets.follow(map);
        const show = () => {
          if (map.getZoom() >= 15) towns.addTo(map); else towns.remove();
          if (map.getZoom() >= 13) stations.addTo(map); else stations.remove();
        };
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
    if (element.dataset.map === "gaps") gaps(map);
    if (element.dataset.map === "pin") placing(map, element);
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

  // A pin is moved by a tap, by dragging it, or with the arrow keys while it has the focus.
  const STEP = { ArrowUp: [1, 0], ArrowDown: [-1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

  // A circle's ground grows with the people of its town; the colours are those of the printed map.
  function gaps(map) {
    const points = [];
    document.querySelectorAll(".town-mark").forEach((town) => {
      const point = [parseFloat(town.dataset.lat), parseFloat(town.dataset.lon)];
      const colour = town.dataset.gap === "1" ? "#d55e00" : "#9fc3b4";
      points.push(point);
      L.circle(point, { radius: Math.sqrt(town.dataset.people) * 2, color: colour, weight: 1, fillOpacity: 0.6 })
        .bindTooltip(town.dataset.name)
        .addTo(map);
    });
    if (points.length) map.fitBounds(points, { padding: [24, 24] });
  }

  function placing(map, element) {
    const root = element.closest("[data-place]");
    const prefix = root.dataset.place;
    const lonField = root.querySelector(`[name="${prefix}lon"]`);
    const latField = root.querySelector(`[name="${prefix}lat"]`);
    const said = root.querySelector("[data-pin-said]");
    const off = root.querySelector("[data-pin-off]");
    let marker = null;

    function take(lat, lon) {
      latField.value = lat.toFixed(6);
      lonField.value = lon.toFixed(6);
      said.textContent = `${said.dataset.words}${lat.toFixed(5)}, ${lon.toFixed(5)}`;
      off.hidden = false;
    }

    function forget() {
      latField.value = "";
      lonField.value = "";
      said.textContent = "";
      off.hidden = true;
    }

    function show(lat, lon) {
      if (marker) {
        marker.setLatLng([lat, lon]);
        return;
      }
      marker = L.marker([lat, lon], { icon: pin(), draggable: true, autoPan: true, title: element.dataset.pin, alt: element.dataset.pin }).addTo(map);
      marker.getElement().textContent = "●";
      marker.on("dragend", () => take(marker.getLatLng().lat, marker.getLatLng().lng));
      marker.getElement().addEventListener("keydown", (event) => {
        const step = STEP[event.key];
        if (!step) return;
        event.preventDefault();
        event.stopPropagation();
        const at = map.latLngToContainerPoint(marker.getLatLng());
        const far = event.shiftKey ? 20 : 4;
        const to = map.containerPointToLatLng([at.x + step[1] * far, at.y - step[0] * far]);
        marker.setLatLng(to);
        map.panInside(to, { padding: [40, 40] });
        take(to.lat, to.lng);
      });
    }

    function put(lat, lon) {
      show(lat, lon);
      take(lat, lon);
    }

    const start = [parseFloat(element.dataset.lat), parseFloat(element.dataset.lon)];
    if (latField.value) put(parseFloat(latField.value), parseFloat(lonField.value));
    else if (Number.isFinite(start[0])) show(...start);
    if (marker) map.setView(marker.getLatLng(), 16);
    map.on("click", (event) => put(event.latlng.lat, event.latlng.lng));
    root.querySelector("[data-pin-here]").addEventListener("click", () => {
      const centre = map.getCenter();
      put(centre.lat, centre.lng);
      marker.getElement().focus();
    });
    off.addEventListener("click", () => {
      forget();
      if (marker) marker.remove();
      marker = null;
    });
    document.body.addEventListener("htmx:afterSwap", (event) => {
      if (event.target.id !== `found${prefix}`) return;
      // The pin of the address before isn't where this one is.
      forget();
      const found = event.target.querySelector("[data-found-lat]");
      if (!found) return;
      const lat = parseFloat(found.dataset.foundLat);
      const lon = parseFloat(found.dataset.foundLon);
      map.setView([lat, lon], 16);
      // The town's middle is not the door: it is kept only if somebody moves the pin.
      show(lat, lon);
    });
  }

  // A field in a folded part must not stop the form in silence.
  document.addEventListener("invalid", (event) => {
    for (let part = event.target.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
  }, true);

  document.addEventListener("DOMContentLoaded", () => {
    document.documentElement.classList.add("scripted");
    document.querySelectorAll("[data-map]").forEach(start);
    const wrong = document.querySelector("[aria-invalid=true]");
    if (wrong) wrong.scrollIntoView({ block: "center" });
    document.body.addEventListener("htmx:configRequest", (event) => {
      const token = document.querySelector('input[name="csrf"]');
      if (token) event.detail.headers["X-CSRF-Token"] = token.value;
    });
  });
})();
