// Lays a base map under our own outlines, where the settings name one: pictures or vectors.
"use strict";

const IbashoBase = (() => {
  const VECTORS = "/static/vendor/protomaps/protomaps-leaflet.js";
  // The layers of Protomaps' own map, for which its drawing rules are made.
  const KNOWN = ["earth", "water", "roads"];

  function script(address) {
    return new Promise((done, failed) => {
      const element = document.createElement("script");
      element.src = address;
      element.onload = done;
      element.onerror = failed;
      document.head.append(element);
    });
  }

  // Any other map of vectors: areas faint, lines grey, whatever its layers are called.
  function plainRules(layers) {
    const areas = new protomapsL.PolygonSymbolizer({ fill: "#dfe3dc", opacity: 0.6 });
    const lines = new protomapsL.LineSymbolizer({ color: "#c3c8bf", width: 1 });
    return layers.flatMap((dataLayer) => [
      { dataLayer, symbolizer: areas, filter: (zoom, feature) => feature.geomType === 3 },
      { dataLayer, symbolizer: lines, filter: (zoom, feature) => feature.geomType === 2 },
    ]);
  }

  async function vectors(base, options) {
    await script(VECTORS);
    const known = KNOWN.every((name) => base.layers.includes(name));
    const drawn = known ? { flavor: "light", lang: "ja" } : { paintRules: plainRules(base.layers), labelRules: [] };
    return protomapsL.leafletLayer({ ...options, ...drawn, url: base.url, maxDataZoom: base.deepest, attribution: "" });
  }

  async function under(map, base) {
    const options = { maxZoom: 18 };
    if (base.deepest) options.maxNativeZoom = base.deepest;
    const layer = base.vectors ? await vectors(base, options) : L.tileLayer(base.url, options);
    layer.addTo(map);
    if (layer.bringToBack) layer.bringToBack();
    const credit = document.createElement("span");
    credit.textContent = base.attribution;
    IbashoCredits.say(map, credit.innerHTML);
  }

  return { under };
})();

// One line of credits a map, whatever lies on it.
const IbashoCredits = (() => {
  const controls = new WeakMap();

  function say(map, text) {
    if (!text) return;
    if (!controls.has(map)) controls.set(map, L.control.attribution({ prefix: false }).addTo(map));
    controls.get(map).addAttribution(text);
  }

  return { say };
})();
