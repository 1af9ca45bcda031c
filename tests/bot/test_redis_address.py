from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadSettings
from bot.settings import load
from bot.stores.redis_address import RedisAddress, redis_address

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("redis://cache", RedisAddress(host="cache")),
        ("redis://cache:6380/3", RedisAddress(host="cache", port=6380, database=3)),
        ("redis://h:p4ss@ec2-1.example:7339", RedisAddress(host="ec2-1.example", port=7339, user="h", password="p4ss")),
        ("rediss://:p4ss@cache:6380", RedisAddress(host="cache", port=6380, password="p4ss", tls=True)),
        ("rediss://cache?ssl_cert_reqs=none", RedisAddress(host="cache", tls=True, verified=False)),
        ("rediss://cache?ssl_cert_reqs=CERT_REQUIRED", RedisAddress(host="cache", tls=True)),
        ("rediss://cache?ssl_ca_certs=%2Fa%2Fca.pem", RedisAddress(host="cache", tls=True, authorities="/a/ca.pem")),
        ("redis://[::1]:7000", RedisAddress(host="::1", port=7000)),
        ("unix:///run/redis.sock?db=2&password=p", RedisAddress(path="/run/redis.sock", database=2, password="p")),
        ("redis://cache?socket_timeout=60&protocol=3&max_connections=900", RedisAddress(host="cache")),
    ],
)
def test_addresses_are_read_as_hosts_hand_them_out(text: str, expected: RedisAddress) -> None:
    assert redis_address(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "cache:6379",
        "http://cache",
        "redis://",
        "redis://:secret@",
        "unix://",
        "redis://cache:port",
        "redis://cache/name",
        "redis://:se#cret@cache",
        "redis://:se/cret@cache",
        "redis://ca che",
        "redis://[::1",
        "rediss://cache?ssl_cert_reqs=perhaps",
    ],
)
def test_what_is_no_address_is_refused_with_the_other_settings_and_not_shown(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - it says nothing more
        redis_address(text)
    with pytest.raises(BadSettings) as caught:
        load({"REDIS_URL": text})
    assert "REDIS_URL" in caught.value.told
    assert "cret" not in caught.value.told


@given(WORDS, WORDS)
def test_users_and_passwords_that_are_quoted_come_back_and_are_not_shown(user: str, password: str) -> None:
    address = redis_address(f"redis://{quote(user, safe='')}:{quote(password, safe='')}@cache:1/0")
    assert (address.user, address.password, address.host) == (user, password, "cache")
    assert address.shown == "Redis at cache:1"


def test_what_is_shown_is_the_place() -> None:
    assert redis_address("redis://[::1]").shown == "Redis at [::1]:6379"
    assert redis_address("unix:///run/redis.sock?password=p").shown == "Redis at /run/redis.sock"


def test_a_setting_may_have_spaces_around_it() -> None:
    url = load({"REDIS_URL": " redis://cache "}).redis_url
    assert url is not None
    assert url.get_secret_value() == "redis://cache"
