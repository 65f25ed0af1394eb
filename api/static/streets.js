// Draws the streets under the maps, square by square, once they were imported. No outside tiles.
"use strict";

const IbashoStreets = (() => {
  const LEVEL = 15; // squares of about a kilometre, as map tiles count them
  const MOST = 30; // squares in view; farther out streets would be a grey cloud

  function squareOf(lat, lon) {
    const n = 2 ** LEVEL;
    const north = Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360));
    return [Math.floor(((lon + 180) / 360) * n), Math.floor(((1 - north / Math.PI) / 2) * n)];
  }

  function follow(map) {
    const drawn = new Map();
    const shown = L.layerGroup().addTo(map);
    const canvas = L.canvas({ padding: 0.2 });
    IbashoCredits.say(map, "© OpenStreetMap contributors");

    function draw(data) {
      const plain = { renderer: canvas, color: "#c9ccc3", weight: 2, interactive: false };
      const steps = { ...plain, color: "#a08a6a", dashArray: "2 4" };
      const group = L.layerGroup();
      L.polyline(data.streets, plain).addTo(group);
      L.polyline(data.steps, steps).addTo(group);
      return group;
    }

    async function look() {
      shown.clearLayers();
      if (map.getZoom() < LEVEL) return;
      const bounds = map.getBounds();
      const [west, north] = squareOf(bounds.getNorth(), bounds.getWest());
      const [east, south] = squareOf(bounds.getSouth(), bounds.getEast());
      if ((east - west + 1) * (south - north + 1) > MOST) return;
      for (let x = west; x <= east; x += 1) {
        for (let y = north; y <= south; y += 1) {
          const key = `${x}/${y}`;
          if (!drawn.has(key)) {
            drawn.set(
              key,
              fetch(`/map/streets/${key}`, { credentials: "same-origin" })
                .then((answer) => (answer.ok ? answer.json() : { streets: [], steps: [] }))
                .then(draw)
                .catch(() => L.layerGroup()),
            );
          }
          drawn.get(key).then((group) => map.getZoom() >= LEVEL && group.addTo(shown));
        }
      }
    }
    map.on("moveend", look);
    look();
  }

  return { follow };
})();
