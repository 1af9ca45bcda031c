from __future__ import annotations

from bot.models.endpoint import Timeouts
from bot.models.patience import Patience

TIMES = Timeouts(first_token=30, idle=20, total=100)


def test_each_sign_of_life_renews_it_until_the_time_of_the_whole_call_is_up() -> None:
    now = [1_000.0]
    patience = Patience(TIMES, lambda: now[0])
    assert patience.until == 1_030
    ends = []
    for _ in range(7):
        now[0] += 15
        patience.renew()
        ends.append(patience.until)
    assert ends == [1_035, 1_050, 1_065, 1_080, 1_095, 1_100, 1_100]


def test_after_the_last_word_it_waits_two_seconds_whatever_else_comes() -> None:
    now = [1_000.0]
    patience = Patience(TIMES, lambda: now[0])
    patience.end_soon()
    now[0] += 1
    patience.end_soon()
    patience.renew()
    assert patience.until == 1_002
