"""`python -m benchmarks.slow_link PORT MILLISECONDS MBIT`: a TCP proxy that is as slow as a real way.

Passes connections on to 127.0.0.1:PORT; prints its own port. Each direction delays every byte by half the
round trip, and lets through so many Mbit/s, for all connections together; a reader that is too fast is held
back by a full queue, as a router would, but without loss. Runs in a process of its own, so that nobody
measured pays.
"""

import asyncio
import sys
import time

PIECE = 1 << 14
QUEUE = 1 << 18
"""Bytes that a direction holds before it stops reading."""


class Direction:
    """One direction of the way: when its next byte may leave."""

    def __init__(self, delay: float, rate: float) -> None:
        self._delay, self._rate = delay, rate
        self._free = 0.0

    def leaves(self, size: int) -> float:
        """When the last of so many bytes arrives, s of the monotonic clock."""
        now = time.monotonic()
        self._free = max(self._free, now) + size / self._rate
        return self._free + self._delay


async def carry(source: asyncio.StreamReader, sink: asyncio.StreamWriter, way: Direction) -> None:
    """Pass on what comes, in time."""
    pieces: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(QUEUE // PIECE)

    async def deliver() -> None:
        while True:
            due, piece = await pieces.get()
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if not piece:
                sink.close()
                return
            sink.write(piece)
            await sink.drain()

    delivering = asyncio.create_task(deliver())
    try:
        while piece := await source.read(PIECE):
            await pieces.put((way.leaves(len(piece)), piece))
        await pieces.put((way.leaves(0), b""))
        await delivering
    except OSError:
        delivering.cancel()
        sink.close()


async def serve(port: int, round_trip: float, rate: float) -> None:
    """Run the proxy."""
    up, down = Direction(round_trip / 2, rate), Direction(round_trip / 2, rate)

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(carry(reader, far_writer, up), carry(far_reader, writer, down))

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2]) / 1000, float(sys.argv[3]) * 1e6 / 8))
