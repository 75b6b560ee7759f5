"""Measure the server under load: many clients on loopback enrol, recognise and delete.

    python benchmarks/serve_load.py --model RUN --minutes 10

The server runs as a process of its own. Each client has one action of its own: it enrols it, asks
about it several times, and deletes it, without a pause. Printed: requests per second, how long
they took by kind, errors by status, and what the server's memory did. On a machine that does other
things too, look at the requests per second of the server's own CPU time.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx2 as httpx
import numpy as np
import psutil

from crossglg.sources.choreography import choreography

_ASKED_PER_ROUND = 8
_WARM_S = 20.0
_PORT = 8917
_MIB = 2**20


@dataclass(frozen=True)
class Times:
    """Seconds that one kind of request took."""

    count: int
    p50_ms: float
    p99_ms: float
    longest_ms: float


def bodies() -> list[bytes]:
    """Clips as clients send them."""
    clips = choreography(performers=2, repeats=1).clips()
    return [
        json.dumps(
            {"layout": c.layout.name, "persons": c.joints.round(4).tolist(), "fps": c.fps}
        ).encode()
        for c in clips
    ]


async def visit(
    client: httpx.AsyncClient,
    number: int,
    clips: list[bytes],
    until: float,
    log: list[tuple[str, int, float]],
) -> None:
    """One client: enrol, recognise, delete, again and again."""
    rng = np.random.default_rng(number)
    head = {"content-type": "application/json"}

    async def timed(kind: str, method: str, url: str, **options: object) -> httpx.Response | None:
        before = time.perf_counter()
        try:
            answer = await client.request(method, url, **options)  # type: ignore[arg-type]
            status = answer.status_code
        except httpx.HTTPError:
            answer, status = None, 0
        log.append((kind, status, time.perf_counter() - before))
        return answer

    while time.perf_counter() < until:
        mine = clips[rng.integers(len(clips))]
        params = {"name": f"action {number}"}
        answer = await timed("enrol", "POST", "/actions", params=params, content=mine, headers=head)
        for _ in range(_ASKED_PER_ROUND):
            asked = clips[rng.integers(len(clips))]
            await timed("recognise", "POST", "/recognitions", content=asked, headers=head)
        if answer is not None and answer.status_code == 201:
            known = {each["action"]: each["id"] for each in answer.json()["actions"]}
            await timed("delete", "DELETE", f"/actions/{known[params['name']]}")


async def watch(process: psutil.Process, until: float, memory: list[float]) -> None:
    """Write down the server's memory once a second."""
    while time.perf_counter() < until:
        memory.append(process.memory_info().rss / _MIB)
        await asyncio.sleep(1)


async def load(
    address: str, clients: int, seconds: float, process: psutil.Process
) -> dict[str, object]:
    """Everybody at once."""
    clips, log, memory = bodies(), [], []
    limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients)
    cpu = sum(process.cpu_times()[:2])
    start = time.perf_counter()
    until = start + seconds
    async with httpx.AsyncClient(base_url=address, timeout=120, limits=limits) as client:
        async with asyncio.TaskGroup() as group:
            group.create_task(watch(process, until, memory))
            for number in range(clients):
                group.create_task(visit(client, number, clips, until, log))
        took = time.perf_counter() - start
        cpu = sum(process.cpu_times()[:2]) - cpu
        left = (await client.get("/actions")).json()["actions"]
    kinds = sorted({kind for kind, _, _ in log})
    bad = Counter(f"{kind} {status}" for kind, status, _ in log if not 200 <= status < 300)
    warm = memory[min(round(_WARM_S), len(memory) // 3) :]
    middle = len(warm) // 2
    return {
        "clients": clients,
        "seconds": round(took),
        "requests": len(log),
        "requests_per_s": round(len(log) / took, 1),
        "requests_per_cpu_s": round(len(log) / cpu, 1),
        "load_average": round(psutil.getloadavg()[1], 1),
        "errors": dict(bad),
        "times": {kind: asdict(measure(log, kind)) for kind in kinds},
        "rss_mib": {
            "start": round(memory[0]),
            "warm": round(warm[0]),
            "first_half_mean": round(float(np.mean(warm[:middle]))),
            "second_half_mean": round(float(np.mean(warm[middle:]))),
            "highest": round(max(memory)),
            "end": round(memory[-1]),
            "by_tenths": [round(float(np.median(part))) for part in np.array_split(memory, 10)],
        },
        "actions_left": len(left),
    }


def measure(log: list[tuple[str, int, float]], kind: str) -> Times:
    """Percentiles of one kind of request."""
    took = 1000 * np.array([seconds for each, _, seconds in log if each == kind])
    low, high = np.percentile(took, [50, 99])
    return Times(len(took), round(low, 1), round(high, 1), round(took.max(), 1))


def main() -> None:
    """Start the server, load it, print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True, help="A run.")
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=10.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "crossglg", "serve", "--model", options.model]
        command += ["--gallery", str(Path(folder) / "g.crossglg")]
        command += ["--port", str(_PORT), "--rate", "100000"]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            address = f"http://127.0.0.1:{_PORT}/api/v1"
            wait_for(address)
            watched = psutil.Process(server.pid)
            found = asyncio.run(load(address, options.clients, 60 * options.minutes, watched))
        finally:
            server.terminate()
            server.wait(timeout=60)
    print(json.dumps(found, indent=1))


def wait_for(address: str) -> None:
    """Return when the server answers."""
    for _ in range(600):
        try:
            httpx.get(f"{address}/health").raise_for_status()
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(address)


if __name__ == "__main__":
    main()
