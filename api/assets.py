"""Copies what npm brought for the browser to where the application serves it from."""

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[1]
VENDOR = Path(__file__).parent / "static" / "vendor"

FILES = {
    "leaflet/dist/leaflet.js": "leaflet/leaflet.js",
    "leaflet/dist/leaflet.css": "leaflet/leaflet.css",
    "leaflet/dist/images": "leaflet/images",
    "leaflet/LICENSE": "leaflet/LICENSE",
    "protomaps-leaflet/dist/protomaps-leaflet.js": "protomaps/protomaps-leaflet.js",
    "protomaps-leaflet/LICENSE": "protomaps/LICENSE",
    "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
    "htmx.org/LICENSE": "htmx/LICENSE",
}


def copy_assets(source: Path = ROOT / "node_modules", target: Path = VENDOR) -> None:
    """Copy the locked files; raise `FileNotFoundError` where npm has not been run."""
    shutil.rmtree(target, ignore_errors=True)
    for origin, name in FILES.items():
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if (source / origin).is_dir():
            shutil.copytree(source / origin, place)
        else:
            shutil.copy(source / origin, place)


if __name__ == "__main__":
    copy_assets()
