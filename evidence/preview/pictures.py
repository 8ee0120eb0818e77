"""Images made anew from their pixels, so that nothing else in the file reaches a browser."""

import io
import warnings
from typing import BinaryIO, Final

from PIL import Image, ImageOps

from evidence.preview.values import Preview

_LONGEST_SIDE: Final = 1_600  # pixels
_MOST_PIXELS: Final = 60_000_000
_LONGEST_PNG: Final = 600_000  # bytes; a larger one becomes a JPEG
_QUALITY: Final = 80


def image_of(stream: BinaryIO) -> Preview:
    """A PNG or JPEG, at most 1,600 pixels wide and high. Raises what Pillow raises."""
    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(stream, formats=("PNG", "JPEG")) as image:
            image.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
            return Preview(picture=picture_of(upright))


def picture_of(image: Image.Image) -> bytes:
    """The pixels on white, as PNG; as JPEG where that would be large."""
    plain = _on_white(image)
    png = _saved(plain, "PNG")
    return png if len(png) <= _LONGEST_PNG else _saved(plain, "JPEG")


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    if "transparency" not in image.info and image.mode not in ("RGBA", "LA", "PA"):
        return image.convert("RGB")
    layer = image.convert("RGBA")
    white = Image.new("RGB", layer.size, "white")
    white.paste(layer, mask=layer.getchannel("A"))
    return white


def _saved(image: Image.Image, form: str) -> bytes:
    stream = io.BytesIO()
    image.save(stream, form, quality=_QUALITY)
    return stream.getvalue()
