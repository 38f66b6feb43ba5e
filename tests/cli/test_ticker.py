"""The clock beside the server outlives whatever fails in one tick."""

import logging
from contextlib import closing
from typing import Final

import pytest
import sqlcipher3.dbapi2

from tests.ledger.test_forgetting import cut_off
from tests.storms.served import until
from tests.town import Town
from tests.village import CHEN, TOWNSHIP
from tongxin.cli.serving import Ticker

OFTEN_S: Final = 0.01


def test_a_tick_that_the_file_of_keys_failed_is_tried_again(
    henan: Town, caplog: pytest.LogCaptureFixture
) -> None:
    keys = henan.installation.keys
    who = henan.arrive(CHEN)
    cut_off(henan, who)  # its key is still to be destroyed, by a tick
    keys._connection.execute("PRAGMA busy_timeout = 1")
    ticker = Ticker(henan.installation, OFTEN_S)
    with closing(sqlcipher3.dbapi2.connect(str(keys.path), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with caplog.at_level(logging.ERROR, "tongxin.clock"):
            ticker.start()
            until(lambda: "missed a tick" in caplog.text, "a tick fails")
        other.execute("ROLLBACK")
    until(lambda: keys.destroyed(TOWNSHIP, who.subject, who.purpose), "the key is gone")
    ticker.stop()
