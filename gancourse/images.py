"""Images as arrays and as pictures: grey levels, half the size, grids, and marks of the patient's sides."""

import io

import numpy as np
from PIL import Image, ImageColor, ImageDraw

#: Colours of the tumour labels.
LABEL_COLOURS = {1: "#D55E00", 2: "#56B4E9", 4: "#F0E442"}


def to_uint8(images: np.ndarray) -> np.ndarray:
    """Map [-1, 1], black to white, to the whole numbers 0 to 255; what lies outside is clipped."""
    levels = np.asarray(images, np.float32) * 127.5 + 127.5
    return np.rint(np.clip(levels, 0, 255)).astype(np.uint8)


def to_picture(image: np.ndarray) -> Image.Image:
    """Make a grey picture of an image (H, W) in [-1, 1]."""
    return Image.fromarray(to_uint8(image))


def halve(images: np.ndarray) -> np.ndarray:
    """Halve images by averages of 2 x 2 pixels: (N, H, W, ...) -> (N, H/2, W/2, ...) float32."""
    n, height, width = images.shape[:3]
    blocks = np.asarray(images, np.float32).reshape(n, height // 2, 2, width // 2, 2, *images.shape[3:])
    return blocks.mean((2, 4))


def image_grid(images: np.ndarray, columns: int | None = None, gap: int = 2) -> np.ndarray:
    """Lay images (N, H, W[, 1]) in [-1, 1] side by side in one; background -1, as square as N allows."""
    images = np.asarray(images, np.float32).reshape(*images.shape[:3])
    columns = columns or int(np.ceil(np.sqrt(len(images))))
    rows = -(-len(images) // columns)
    padded = np.pad(images, ((0, rows * columns - len(images)), (0, gap), (0, gap)), constant_values=-1)
    height, width = padded.shape[1:]
    grid = padded.reshape(rows, columns, height, width).swapaxes(1, 2).reshape(rows * height, columns * width)
    return grid[:-gap, :-gap] if gap else grid


def colour_labels(image: np.ndarray, seg: np.ndarray) -> np.ndarray:
    """Lay the tumour's labels (H, W) over an image (H, W) in [-1, 1]: (H, W, 3) uint8."""
    picture = np.repeat(to_uint8(image)[..., None], 3, axis=-1)
    for label, colour in LABEL_COLOURS.items():
        mixed = 0.35 * picture + 0.65 * np.array(ImageColor.getrgb(colour))
        picture = np.where((seg == label)[..., None], np.rint(mixed).astype(np.uint8), picture)
    return picture


def patient_sheet(images: np.ndarray, seg: np.ndarray) -> Image.Image:
    """Draw a row for each patient: its modalities, and the last of them once more with the tumour's labels.

    The patient's right is marked on the left. Slices below 128 pixels are enlarged.

    Args:
        images: (N, H, W, C) in [-1, 1].
        seg: (N, H, W), tumour labels.
    """
    rows = []
    for channels, labels in zip(images, seg, strict=True):
        grey = np.concatenate([to_uint8(channel) for channel in np.moveaxis(channels, -1, 0)], axis=1)
        rows.append(np.concatenate([np.dstack([grey] * 3), colour_labels(channels[..., -1], labels)], axis=1))
    sheet = Image.fromarray(np.concatenate(rows))
    height, width = (max(1, 128 // images.shape[1]) * n for n in images.shape[1:3])
    sheet = sheet.resize((width * (images.shape[-1] + 1), height * len(rows)), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(sheet)
    for row in range(len(rows)):
        for column in range(images.shape[-1] + 1):
            place = (column * width + 3, row * height + height // 2)
            draw.text(place, "R", "white", font_size=height // 12, anchor="lm")
    return sheet


def enlarge(picture: Image.Image, scale: int) -> Image.Image:
    """Enlarge an axial slice smoothly, and mark the patient's right (R, on the left) and left (L).

    The slice is grey or in colour.
    """
    picture = picture.resize((scale * picture.width, scale * picture.height), Image.Resampling.BICUBIC)
    draw, middle, size = ImageDraw.Draw(picture), picture.height // 2, picture.width // 24
    draw.text((6, middle), "R", "white", font_size=size, anchor="lm")
    draw.text((picture.width - 6, middle), "L", "white", font_size=size, anchor="rm")
    return picture


def to_png(picture: Image.Image) -> bytes:
    """Encode a picture as PNG."""
    file = io.BytesIO()
    picture.save(file, format="png")
    return file.getvalue()
