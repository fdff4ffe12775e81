"""Pictures: decoded and written anew, upright, with nothing but the picture in them."""

import contextlib
import io
import logging
import threading
import warnings
from typing import Any

import pillow_heif
from PIL import Image, ImageOps

from portal.integrations.files.refusals import (
    Damaged,
    NotTaken,
    TooManyPixels,
    WrongEnding,
)

# What a library has to say about a file may quote the file.
logging.getLogger("PIL").setLevel(logging.CRITICAL)

MOST_PIXELS = 40_000_000
# Larger ones are decoded one after the other: four bytes for each pixel, twice while it is turned.
LARGE = 12_000_000
QUALITY = 90
# Small profiles say what the colours mean (a camera's own); in a large one anything may hide.
PROFILE_MOST = 4096
_PROFILE_MARK = slice(36, 40)
_FORMATS = ("JPEG", "PNG", "HEIF")
_ENDINGS = {"JPEG": "jpg", "PNG": "png"}

pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
# Pillow's own guard comes first; ours below knows the exact number.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
# From 32 MB on, memory goes back to the machine once it is let go; smaller pieces stay with the
# thread that had them, and each thread would keep the size of its largest picture.
BLOCK = 64 * 1024 * 1024
_core: Any = Image.core
_core.set_block_size(BLOCK)
_one_large = threading.Lock()


def again(data: bytes) -> tuple[bytes, str]:
    """Returns a picture written anew, and its ending; a HEIC becomes a JPEG."""
    try:
        image = _opened(data)
        is_large = image.width * image.height > LARGE
        with _one_large if is_large else contextlib.nullcontext():
            return _written(image)
    except NotTaken:
        raise
    except Exception as error:  # whatever a decoder stumbles over: it is the file that is wrong
        raise Damaged from error


def _opened(data: bytes) -> Any:
    """Returns a picture of which only the beginning has been read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=_FORMATS)
    except Image.DecompressionBombError as error:
        raise TooManyPixels from error
    except Image.UnidentifiedImageError as error:
        raise WrongEnding from error
    if image.width * image.height > MOST_PIXELS:
        raise TooManyPixels
    return image


def _written(image: Any) -> tuple[bytes, str]:
    form = "PNG" if image.format == "PNG" else "JPEG"
    more: dict[str, Any] = {} if form == "PNG" else {"quality": QUALITY}
    profile, out = _profile(image), io.BytesIO()
    try:
        image.load()
        ImageOps.exif_transpose(image, in_place=True)
        shown = _shown(image, as_png=form == "PNG")
        # Only what is named here is written: no EXIF, no place, no words, no second picture.
        shown.save(out, form, icc_profile=profile, exif=b"", **more)
        shown.close()
    finally:
        # Now, and not when somebody looks for what is left: it may be a sixth of a gigabyte.
        image.close()
    return out.getvalue(), _ENDINGS[form]


def _shown(image: Any, *, as_png: bool) -> Any:
    """Returns the picture in colours that its new form can hold, and nothing beside it."""
    if as_png:
        is_clear = "transparency" in image.info
        is_plain = image.mode in {"1", "L", "LA", "RGB", "RGBA", "I;16"} and not is_clear
        shown = image if is_plain else image.convert("RGBA" if is_clear else "RGB")
    else:
        shown = image if image.mode in {"L", "RGB"} else image.convert("RGB")
    shown.info = {}
    return shown


def _profile(image: Any) -> bytes | None:
    given = image.info.get("icc_profile")
    if not isinstance(given, bytes) or len(given) > PROFILE_MOST or image.mode == "CMYK":
        return None
    return given if given[_PROFILE_MARK] == b"acsp" else None
