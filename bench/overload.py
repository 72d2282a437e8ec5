"""`python -m bench.overload`: ten times more photos than can be read, nearly all of them one tenant's.

Goodput is what is answered with 200. The light tenant asks for a quarter of what can be read, the heavy one for the
rest.
"""

import argparse
import base64
import threading
import time

from bench.releases import DEMO
from bench.served import Service, Tally, body_of, closed_loop, open_loop, service

PHOTO = DEMO.parent.parent / "photos" / "shelf.jpg"
TENANTS = ("bench", "light")
LIGHT = 0.25
HEADINGS = (
    "load",
    "goodput, photos/s",
    "of the peak",
    "light tenant answered",
    "503 after, p99",
    "200 after, p95",
    "504",
)


def overloaded(running: Service, body: bytes, sustainable: float, times: float, seconds: float) -> dict[str, Tally]:
    """sustainable: photos a second."""
    rates = {"light": LIGHT * sustainable, "bench": (times - LIGHT) * sustainable}
    tallies = {name: Tally() for name in rates}
    threads = [
        threading.Thread(target=open_loop, args=(running, name, body, rate, seconds, tallies[name]))
        for name, rate in rates.items()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tallies


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.overload", description=__doc__)
    parser.add_argument("--times", type=float, nargs="+", default=[1, 2, 10])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--timeout", default="10", help="REQUEST_TIMEOUT of the service")
    options = parser.parse_args()
    body = body_of(base64.b64encode(PHOTO.read_bytes()).decode(), annotated=False)
    with service("demo", 0, TENANTS, REQUEST_TIMEOUT=options.timeout, LOG_LEVEL="ERROR") as running:
        sustainable = 1 / closed_loop(running, body, 8, 80)[1]
        print(f"{sustainable:.1f} photos a second with eight clients\n")
        print("| " + " | ".join(HEADINGS) + " |\n|" + " ---: |" * len(HEADINGS))
        for times in options.times:
            began = time.perf_counter()
            tallies = overloaded(running, body, sustainable, times, options.seconds)
            print(_row(times, tallies, sustainable, time.perf_counter() - began), flush=True)


def _row(times: float, tallies: dict[str, Tally], sustainable: float, seconds: float) -> str:
    heavy, light = tallies["bench"], tallies["light"]
    answered = heavy.counts[200] + light.counts[200]
    goodput = answered / seconds
    share = light.counts[200] / max(1, light.counts.total() + light.lost)
    late = heavy.counts[504] + light.counts[504]
    return (
        f"| {times:g} x | {goodput:.1f} | {goodput / sustainable:.0%} | {share:.0%} | "
        f"{heavy.percentile(503, 0.99) * 1000:.0f} ms | {heavy.percentile(200, 0.95):.1f} s | {late} |"
    )


if __name__ == "__main__":
    main()
