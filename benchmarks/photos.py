"""Photos a processor second, from a vendor's JPEG to its files, beside bare Pillow doing the same steps.

    python benchmarks/photos.py                                   # writes results/photos.json
    python benchmarks/photos.py --photos 4 --rounds 1 --offers 200 --no-result     # the small size, for correctness

Pictures are drawn with a fixed seed, 1 to 3 megapixels, as JPEG of quality 88. Processor time counts this process and its
children: making them in the limited child, and a whole slice at the queue (an HTTP server, database and storage
besides). Registering is what an import's outbox entries cost afterwards.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import io
import ipaddress
import os
import random
import resource
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.search_inputs import spread, write_result

SIZES = (160, 320, 640, 1280)
SHAPES = ((1200, 900), (1000, 1000), (1600, 1200), (1500, 1500), (2000, 1500))


def drawn(folder: Path, count: int) -> list[Path]:
    """Pictures with smooth parts, edges and grain."""
    from PIL import Image, ImageDraw, ImageFilter

    chance, made = random.Random(11), []
    for number in range(count):
        width, height = SHAPES[number % len(SHAPES)]
        small = Image.effect_noise((width // 8, height // 8), 60).convert("RGB")
        image = small.resize((width, height), Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(2))
        draw = ImageDraw.Draw(image)
        for _ in range(40):
            x, y = chance.randrange(width), chance.randrange(height)
            colour = tuple(chance.randrange(256) for _ in range(3))
            draw.ellipse((x, y, x + chance.randrange(20, 300), y + chance.randrange(20, 300)), fill=colour)
        grain = Image.effect_noise((width, height), 14).convert("RGB")
        path = folder / f"{number}.jpg"
        Image.blend(image, grain, 0.12).save(path, quality=88)
        made.append(path)
    return made


def processor() -> float:
    """Seconds of this process and of children that have ended, to the microsecond (`os.times` counts hundredths)."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def rate(count: int, work: Callable[[], Any]) -> float:
    begun = processor()
    work()
    return count / max(processor() - begun, 1e-6)


def bare(paths: Sequence[Path]) -> int:
    """The anchor: decode, four sizes, encode, as Pillow does it when asked plainly. Nothing is checked."""
    from PIL import Image

    size = 0
    for path in paths:
        with Image.open(path) as image:
            for side in SIZES:
                small = image.copy()
                small.thumbnail((side, side), Image.Resampling.LANCZOS)
                out = io.BytesIO()
                small.save(out, "WEBP", quality=80)
                size += out.tell()
    return size


def in_child(paths: Sequence[Path]) -> int:
    from catalog.photos.workshop import Workshop

    size = 0
    with Workshop() as workshop:
        for path in paths:
            made = workshop.make(path, sizes=SIZES)
            assert made.files is not None, made.error
            assert (made.width, made.height) in SHAPES
            size += sum(map(len, made.files.values()))
    return size


def at_queue(base: str, port: int, paths: Sequence[Path]) -> dict[str, int]:
    """A whole slice: every address is new."""
    from django.core.files.storage import default_storage

    from catalog.photos import fetching
    from catalog.photos.models import Photo
    from catalog.photos.registering import Named, register
    from core.outgoing import Policy
    from vendors.models import Vendor

    Photo.objects.all().delete()
    for folder in default_storage.listdir("photos")[0] if default_storage.exists("photos") else ():
        for name in default_storage.listdir(f"photos/{folder}")[1]:
            default_storage.delete(f"photos/{folder}/{name}")
    vendor = Vendor.objects.get()
    register(Named(f"{base}/{path.name}", vendor.pk, None, 0) for path in paths)
    policy = Policy(frozenset({port}), (ipaddress.ip_network("127.0.0.1/32"),))
    ended = dict(fetching.work(seconds=3600, policy=policy))
    assert ended == {"ready": len(paths)}, ended
    return ended


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def serve(folder: Path) -> tuple[int, int]:
    """(process, port) of a server of its own, whose time is not counted: it ends after the last measurement."""
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))
    )
    process = os.fork()
    if process == 0:
        server.serve_forever()
    server.server_close()
    return process, server.server_port


def registering(vendor_id: int, count: int) -> dict[str, float]:
    """Offers a processor second, three addresses each: new ones, and the same again."""
    from django.utils import timezone

    from catalog.models import Offer, Supply
    from catalog.photos.models import Photo
    from catalog.photos.registering import register_offers

    supply = Supply.objects.create(vendor_id=vendor_id, source="benchmark", confirmed_at=timezone.now())
    Offer.objects.bulk_create(
        Offer(
            vendor_id=vendor_id,
            supply=supply,
            title=f"{n}",
            price_amount=1,
            price_currency="UAH",
            photos=[f"https://photos{n % 5}.shop.example/goods/large/{n}-{place}.jpg" for place in range(3)],
        )
        for n in range(count)
    )
    ids = list(Offer.objects.values_list("pk", flat=True))
    new = rate(count, lambda: register_offers(ids))
    known = rate(count, lambda: register_offers(ids))
    assert Photo.objects.filter(vendor=vendor_id).count() == 3 * count
    return {"new": round(new), "known": round(known)}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--photos", type=int, default=40)
    options.add_argument("--rounds", type=int, default=6)
    options.add_argument("--offers", type=int, default=20_000)
    options.add_argument("--no-result", action="store_true")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="ryad-photos-") as folder:
        os.environ.update(RYAD_VAR=folder, DJANGO_SETTINGS_MODULE="marketplace.settings.dev", RYAD_DEMO="no")
        os.environ.update(RYAD_LOG_LEVEL="WARNING", RYAD_PHOTOS="fetch")
        import django

        django.setup()
        from benchmarks.tables import make_tables
        from vendors.enums import VendorState
        from vendors.models import Vendor

        make_tables()
        vendor = Vendor.objects.create(name="Shop", slug="shop", state=VendorState.APPROVED)
        pictures = Path(folder) / "pictures"
        pictures.mkdir()
        paths = drawn(pictures, given.photos)
        process, port = serve(pictures)
        try:
            anchor, child, queue = [], [], []
            for _ in range(given.rounds):
                anchor.append(rate(len(paths), lambda: bare(paths)))
                child.append(rate(len(paths), lambda: in_child(paths)))
                queue.append(rate(len(paths), lambda: at_queue(f"http://127.0.0.1:{port}", port, paths)))
        finally:
            os.kill(process, 9)
            os.waitpid(process, 0)
        from catalog.photos.models import Photo

        Photo.objects.all().delete()
        figures = {
            "photos": len(paths),
            "megapixels": round(
                sum(w * h for w, h in (SHAPES * given.photos)[: given.photos]) / given.photos / 1e6, 2
            ),
            "mean_bytes": sum(path.stat().st_size for path in paths) // len(paths),
            "mean_bytes_of_files": in_child(paths) // len(paths),
            "unit": "photos per processor second, first round dropped",
            "bare_pillow": spread(anchor[1:] or anchor),
            "in_limited_child": spread(child[1:] or child),
            "whole_slice": spread(queue[1:] or queue),
            "registering_offers_per_processor_second": registering(vendor.pk, given.offers),
        }
        write_result("photos", figures, keep=not given.no_result)


if __name__ == "__main__":
    main()
