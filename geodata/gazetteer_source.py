"""Reading a list of towns (pref, city, town, koaza, lat, lng) and refusing one that is wrong."""

import gzip
import zlib
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.coordinates import JAPAN_LAT, JAPAN_LON

COLUMNS = ("pref", "city", "town", "koaza", "lat", "lng")
MOST_ROWS = 2_000_000  # Japan has some 280,000; more is no gazetteer


class BadGazetteer(ValueError):
    """A file that can't be read as a gazetteer; the message says why and what to do."""


def read_towns(source: Path) -> pd.DataFrame:
    """Read a CSV file (or .csv.gz) of towns; lat and lng become floats, NaN where blank.

    Raises
    ------
    BadGazetteer
        Nothing of the file is to be used then.
    """
    rows = _text(source)
    missing = [name for name in COLUMNS if name not in rows.columns]
    if missing:
        raise BadGazetteer(
            f"{source.name} has no column {', '.join(missing)}; "
            f"the first line must name {', '.join(COLUMNS)}"
        )
    if rows.empty:
        raise BadGazetteer(f"{source.name} holds no town; export it again from its source")
    rows = pd.DataFrame({name: rows[name].str.strip() for name in COLUMNS})
    for name in ("pref", "city", "town"):
        _refuse(source, rows[name].eq("").to_numpy(), f"{name} is blank; fill it in")
    towns = rows.assign(
        lat=_numbers(source, rows["lat"], "lat"), lng=_numbers(source, rows["lng"], "lng")
    )
    _check_positions(source, towns["lng"].to_numpy(), towns["lat"].to_numpy())
    return towns


def _text(source: Path) -> pd.DataFrame:
    name = source.name
    try:
        rows = pd.read_csv(
            source,
            dtype=str,
            keep_default_na=False,
            encoding="utf-8-sig",
            compression="gzip" if source.suffix == ".gz" else None,
            nrows=MOST_ROWS + 1,
            index_col=False,
        )
    except OSError as error:
        if isinstance(error, gzip.BadGzipFile):
            raise BadGazetteer(f"{name} is not a gzip file; download it again") from None
        raise BadGazetteer(f"{name} can't be opened; check the path and its rights") from None
    except (EOFError, zlib.error):
        raise BadGazetteer(f"{name} is cut off; download it again") from None
    except UnicodeDecodeError:
        raise BadGazetteer(f"{name} is not in UTF-8; save it as CSV in UTF-8") from None
    except pd.errors.EmptyDataError:
        raise BadGazetteer(f"{name} is empty; export it again from its source") from None
    except (pd.errors.ParserError, ValueError):
        raise BadGazetteer(f"{name} is not a CSV table; save it as CSV in UTF-8") from None
    if len(rows) > MOST_ROWS:
        raise BadGazetteer(f"{name} has more than {MOST_ROWS:,} rows; import it in parts")
    return pd.DataFrame(rows.fillna(""))


def _numbers(source: Path, column: "pd.Series[str]", name: str) -> NDArray[np.float64]:
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64)
    wrong = ~np.isfinite(numbers) & column.ne("").to_numpy()
    _refuse(source, wrong, f"{name} is not a number; write degrees such as 35.729")
    return numbers


def _check_positions(source: Path, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> None:
    one_blank = np.isnan(lon) != np.isnan(lat)
    _refuse(source, one_blank, "only one of lat and lng is given; give both or neither")
    given = ~np.isnan(lon)
    swapped = given & _in_japan(lat, lon)
    _refuse(source, swapped, "lat and lng are swapped; exchange the two columns")
    outside = given & ~_in_japan(lon, lat)
    _refuse(source, outside, "the point is outside Japan; give WGS 84 degrees")


def _in_japan(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
    inside_lon = (lon >= JAPAN_LON[0]) & (lon <= JAPAN_LON[1])
    return np.asarray(inside_lon & (lat >= JAPAN_LAT[0]) & (lat <= JAPAN_LAT[1]))


def _refuse(source: Path, wrong: NDArray[np.bool_], problem: str) -> None:
    if wrong.any():
        line = int(np.argmax(wrong)) + 2  # the first line names the columns
        count = int(wrong.sum())
        more = f" (and {count - 1} more)" if count > 1 else ""
        raise BadGazetteer(f"{source.name} line {line}{more}: {problem}")
