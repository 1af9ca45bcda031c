"""The guard of ``conftest`` is itself seen to hold."""

from __future__ import annotations

import asyncio
import socket

import pytest


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1"])
def test_no_test_connects_to_another_machine(address: str) -> None:
    with pytest.raises(pytest.fail.Exception, match="reached for the network"):
        socket.create_connection((address, 443), timeout=0.01)


async def test_nor_does_the_event_loop() -> None:
    with pytest.raises(pytest.fail.Exception, match="reached for the network"):
        await asyncio.open_connection("192.0.2.1", 443)


async def test_no_test_asks_for_a_name() -> None:
    with pytest.raises(pytest.fail.Exception, match="reached for the network"):
        await asyncio.get_running_loop().getaddrinfo("example.org", 443)


async def test_a_server_on_this_machine_can_be_reached() -> None:
    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(hang_up, "localhost", 0) as server:
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("localhost", port)
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()
