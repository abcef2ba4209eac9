#!/usr/bin/env python3
"""Makes the pictures of this folder and expected.json, the pixels that Pillow decodes from them.

    pip install pillow pillow-heif numpy
    python3 make-pictures.py

Each picture shows the same four quadrants (red, green, blue, yellow), or a smooth pattern to resample.
p3.icc is the Display P3 profile that libvips contains (CC0).
"""

import io
import json
import pathlib

import numpy as np
import pillow_heif
from PIL import Image, ImageCms, ImageOps

pillow_heif.register_heif_opener()
here = pathlib.Path(__file__).parent
expected = {}


def quadrants(size=48):
    """Red, green, blue and yellow quadrants, of which no two are mirror images of each other."""
    colours = np.array([[(200, 30, 40), (30, 180, 60)], [(40, 60, 190), (220, 200, 50)]], np.uint8)
    return Image.fromarray(colours.repeat(size // 2, 0).repeat(size // 2, 1))


def smooth(width, height):
    y, x = np.mgrid[0:height, 0:width].astype(float)
    planes = [
        128 + 100 * np.sin(x / 9) * np.cos(y / 11),
        128 + 90 * np.cos((x + y) / 17),
        128 + 80 * np.sin(y / 13 - x / 29),
    ]
    return Image.fromarray(np.stack(planes, -1).round().astype(np.uint8))


def expect(name, size):
    """Records Pillow's own decoding: upright, in sRGB, on white, the middle square resampled."""
    picture = Image.open(here / name)
    picture.seek(0)
    picture = ImageOps.exif_transpose(picture)
    profile = picture.info.get("icc_profile")
    if profile:
        picture = ImageCms.profileToProfile(
            picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC, outputMode="RGB")
    if picture.mode.startswith("I"):
        picture = Image.fromarray((np.asarray(picture) // 257).astype(np.uint8))
    if "A" in picture.mode or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, (255, 255, 255, 255)), picture)
    fitted = ImageOps.fit(picture.convert("RGB"), (size, size), Image.Resampling.LANCZOS)
    # Every fourth pixel of every fourth row.
    samples = np.asarray(fitted)[2::4, 2::4]
    expected[name] = {"size": size, "samples": samples.reshape(-1).tolist()}


image = quadrants()
image.save(here / "quadrants.png")
image.save(here / "quadrants.jpg", quality=95, subsampling=0)
image.save(here / "quadrants.webp", lossless=True)
image.save(here / "quadrants.tif", compression="tiff_lzw")
image.save(here / "quadrants.heic", quality=95)
image.convert("L").save(here / "grey.png")
image.convert("L").save(here / "grey.jpg", quality=95)
Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257).save(here / "grey16.png")
image.convert("P", palette=Image.Palette.ADAPTIVE).save(here / "palette.png")
image.convert("CMYK").save(here / "cmyk.jpg", quality=95)

alpha = image.convert("RGBA")
alpha.putalpha(Image.fromarray(np.tile(np.repeat([255, 128, 0], 16).astype(np.uint8), (48, 1))))
alpha.save(here / "alpha.png")
alpha.convert("LA").save(here / "grey-alpha.png")
alpha.save(here / "alpha.webp", lossless=True)

frames = [image, Image.new("RGB", image.size)]
frames[0].save(here / "animated.gif", save_all=True, append_images=frames[1:], duration=100, loop=0)
frames[0].save(
    here / "animated.webp", save_all=True, append_images=frames[1:], duration=100, lossless=True)

# The stored pixels are turned so that the orientation in EXIF gives the upright picture back.
undo = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
for orientation, turn in undo.items():
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.transpose(turn).save(
        here / f"orientation-{orientation}.jpg", quality=95, subsampling=0, exif=exif)

display_p3 = (here / "p3.icc").read_bytes()
image.save(here / "p3.png", icc_profile=display_p3)
image.save(here / "p3.jpg", quality=95, subsampling=0, icc_profile=display_p3)

smooth(150, 100).save(here / "wide.jpg", quality=95, subsampling=0)
smooth(90, 160).save(here / "tall.png")
smooth(20, 20).save(here / "small.png")
smooth(600, 400).save(here / "large.jpg", quality=80)

whole = (here / "wide.jpg").read_bytes()
(here / "truncated.jpg").write_bytes(whole[: len(whole) // 2])
(here / "truncated.png").write_bytes((here / "tall.png").read_bytes()[:3000])

for path in sorted(here.glob("*")):
    if path.suffix in {".png", ".jpg", ".webp", ".tif", ".heic", ".gif"} and "truncated" not in path.name:
        expect(path.name, 32 if path.stem in {"wide", "tall", "small", "large"} else 48)
(here / "expected.json").write_text(json.dumps(expected, separators=(",", ":")) + "\n")
