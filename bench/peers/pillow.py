"""Pillow: JPEG decoded at a fraction of its size, one decode, the smaller previews from the largest.

Arguments: FILE OUTPUT BOXES. Speaks with the benchmark in lines, as every worker does: see worker-process.ts.
"""

import io
import sys
import time

from PIL import Image, ImageOps

file, output, boxes = sys.argv[1:4]
BOXES = [tuple(int(side) for side in box.split("x")) for box in boxes.split(",")]
with open(file, "rb") as opened:
    SOURCE = opened.read()
LARGEST = max(BOXES)


def render():
    image = Image.open(io.BytesIO(SOURCE))
    image.draft("RGB", LARGEST)
    if image.mode.startswith("I;16"):
        raise ValueError("16-bit greyscale")
    if image.mode not in ("RGB", "RGBA"):
        image = image.convert("RGBA" if "transparency" in image.info and output == "png" else "RGB")
    image.thumbnail(LARGEST, Image.LANCZOS, reducing_gap=2.0)
    image = ImageOps.exif_transpose(image)
    if output == "jpeg" and image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return [encode(image, box) for box in BOXES]


def encode(base, box):
    preview = base.copy()
    preview.thumbnail(box, Image.LANCZOS, reducing_gap=None)
    body = io.BytesIO()
    if output == "png":
        preview.save(body, "PNG", compress_level=6)
    else:
        preview.save(body, "JPEG", quality=85)
    return body.getvalue()


def run(iterations):
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(iterations):
        size = sum(len(body) for body in render())
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return f'{{"cpuMs":{cpu * 1000 / iterations},"wallMs":{wall * 1000 / iterations},"bytes":{size}}}'


def write(directory):
    for index, body in enumerate(render()):
        with open(f"{directory}/{index}", "wb") as preview:
            preview.write(body)
    return "{}"


def say(line):
    print(line, flush=True)


try:
    render()
except Exception as error:
    say('{"error":"%s"}' % str(error).replace("\\", "/").replace('"', "'")[:200])
    sys.exit()
say("{}")
for line in sys.stdin:
    verb, argument = line.rstrip("\n").split(" ", 1)
    say(run(int(argument)) if verb == "run" else write(argument))
