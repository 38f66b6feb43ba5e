"""By what names tests speak to the server."""

from typing import Final

from tongxin.web.front import LOOPBACK, Settings

SPOKEN_TO: Final = Settings(hosts=LOOPBACK | {"testserver", "testserver.local", "desk.example"})
